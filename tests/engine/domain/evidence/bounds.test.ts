import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halfWidth, highestMultiple, highestRate, lowestRate } from '#engine/domain/evidence/bounds.ts';
import { logGamma } from '#engine/domain/evidence/log-gamma.ts';
import { normalQuantile } from '#engine/domain/evidence/normal-quantile.ts';
import { relativeRisk, riskInterval } from '#engine/domain/evidence/relative-risk.ts';
import { binomialTail, poissonTail } from '#engine/domain/evidence/tails.ts';
import { seededRandom } from '../../../support/random.ts';

const RUNS = process.env.CONCIERGE_LONG ? 10_000 : 400;

describe('lowest rate', () => {
  it.each<[string, number, number, (rate: number) => boolean]>([
    ['two of two are more than 5 %', 2, 2, (rate) => rate > 0.05],
    ['one of one is not', 1, 1, (rate) => rate < 0.05],
    ['six of a hundred are not', 6, 100, (rate) => rate < 0.05],
    ['twenty of a hundred are', 20, 100, (rate) => rate > 0.05],
    ['none of none is anything', 0, 0, (rate) => rate === 0],
    ['all of many is nearly all', 10_000, 10_000, (rate) => rate > 0.998],
  ])('%s', (_, sum, count, holds) => expect(lowestRate(sum, count, 0.05)).toSatisfy(holds));

  it('is below what was measured, and the highest above it, for any counts', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 1e9 }), (part, count) => {
        expect(lowestRate(part * count, count, 0.05)).toBeLessThanOrEqual(part + 1e-9);
        expect(highestRate(part * count, count, 0.05)).toBeGreaterThanOrEqual(part - 1e-9);
      }),
    );
  });

  it('is wrong, ever, with a chance of at most 5 %', () => {
    const random = seededRandom(5);
    let wrong = 0;
    for (let run = 0; run < RUNS; run++) {
      let failed = 0;
      for (let count = 1; count <= 300; count++) {
        if (random() < 0.1) failed++;
        if (lowestRate(failed, count, 0.05) <= 0.1) continue;
        wrong++;
        break;
      }
    }
    expect(wrong / RUNS).toBeLessThanOrEqual(0.05);
  });
});

it('mean: half the width is that of the formula, and covers at every look', () => {
  const squares = 1_000 * (9 + 100 ** 2);
  const rho2 = (-2 * Math.log(0.05) + Math.log(1 - 2 * Math.log(0.05))) / 500;
  const expected = 3 * Math.sqrt(((2 * (1_000 * rho2 + 1)) / (1_000 ** 2 * rho2)) * Math.log(Math.sqrt(1_000 * rho2 + 1) / 0.05));
  expect(halfWidth({ count: 1_000, sum: 1_000 * 100, squares }, 0.05, 500)).toBeCloseTo(expected, 6);
  expect(halfWidth({ count: 1, sum: 5, squares: 25 }, 0.05, 500)).toBe(Infinity);
  const random = seededRandom(6);
  let wrong = 0;
  for (let run = 0; run < RUNS / 4; run++) {
    const moments = { count: 0, sum: 0, squares: 0 };
    for (let i = 1; i <= 1_000; i++) {
      const value = Math.exp(5 + 0.5 * normalQuantile(random() * 0.999_98 + 1e-5));
      moments.count++;
      moments.sum += value;
      moments.squares += value * value;
      if (i < 20 || Math.abs(moments.sum / i - Math.exp(5.125)) <= halfWidth(moments, 0.05, 100)) continue;
      wrong++;
      break;
    }
  }
  expect(wrong / (RUNS / 4)).toBeLessThanOrEqual(0.08); // it is asymptotic, and these are few and skewed
});

it.each<[number, number, (multiple: number) => boolean]>([
  [100, 100, (multiple) => multiple > 1 && multiple < 1.5],
  [50, 100, (multiple) => multiple > 0.5 && multiple < 0.8],
  [0, 100, (multiple) => multiple > 0 && multiple < 0.1],
  [0, 0, (multiple) => multiple === Infinity],
])('of %d arrivals where %d were expected: how many there may really be', (arrivals, expected, holds) =>
  expect(highestMultiple(arrivals, expected, 0.05)).toSatisfy(holds),
);

it.each([
  [1, 0],
  [5, Math.log(24)],
  [0.5, 0.5 * Math.log(Math.PI)],
  [171, 706.573_062_245_787],
])('ln Γ(%d)', (x, expected) => expect(logGamma(x)).toBeCloseTo(expected, 9));

it('tails of the binomial and Poisson distributions', () => {
  expect(binomialTail(5, 6, 0.05)).toBeCloseTo(6 * 0.05 ** 5 * 0.95 + 0.05 ** 6, 15);
  expect(binomialTail(0, 6, 0.05)).toBe(1);
  expect(binomialTail(7, 6, 0.5)).toBe(0);
  expect(binomialTail(400, 1_000, 0.5)).toBe(1);
  expect(binomialTail(2 ** 49 + 2 ** 30, 2 ** 50, 0.5)).toBeLessThan(1e-6);
  expect(poissonTail(3, 2)).toBeCloseTo(1 - 5 * Math.exp(-2), 12);
  expect(poissonTail(3, 0)).toBe(0);
  expect(poissonTail(1_001, 1_000)).toBeCloseTo(0.4916, 4);
  expect(poissonTail(900, 1_000)).toBe(1);
});

describe('relative risk', () => {
  it.each<[string, number, number, number | null]>([
    ['as often', 5, 95, 1],
    ['five times as often', 25, 95, 5],
    ['never', 0, 95, 0],
    ['only in the arm', 5, 0, 1_000],
    ['nothing to divide', 0, 0, null],
  ])('%s', (_, arm, control, expected) => {
    const risk = relativeRisk([{ share: 0.05, arm, control }]);
    if (expected === null) expect(risk).toBeNull();
    else expect(risk).toBeCloseTo(expected, 9);
  });

  it('is not that of pooled counts', () => {
    const strata = [
      { share: 0.05, arm: 5, control: 95 },
      { share: 0.5, arm: 1_000, control: 1_000 },
    ];
    expect(relativeRisk(strata)).toBeCloseTo(1, 3);
    const [low, high] = riskInterval(strata, 0.05)!;
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(1);
    expect(high / low).toBeLessThan(1.5);
  });

  it('has an interval that ends where the evidence is, whatever the counts', () => {
    const count = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 1e12 }));
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), count, count, (share, arm, control) => {
        const risk = relativeRisk([{ share, arm, control }]);
        const interval = riskInterval([{ share, arm, control }], 0.01);
        expect(interval === null).toBe(risk === null);
        if (!interval || risk === null) return;
        expect(interval[0]).toBeGreaterThanOrEqual(0);
        expect(interval[0]).toBeLessThanOrEqual(risk + 1e-9);
        expect(interval[1]).toBeGreaterThanOrEqual(risk - 1e-9);
        expect(interval[1]).toBeLessThanOrEqual(1_000 + 1e-6);
      }),
      { numRuns: 2_000 },
    );
  });

  it('covers at every look', () => {
    const random = seededRandom(8);
    let wrong = 0;
    for (let run = 0; run < RUNS / 4; run++) {
      const stratum = { share: 0.2, arm: 0, control: 0 };
      for (let i = 0; i < 150; i++) {
        if (random() < (0.2 * 3) / (0.8 + 0.2 * 3)) stratum.arm++;
        else stratum.control++;
        const [low, high] = riskInterval([stratum], 0.05)!;
        if (low <= 3 && 3 <= high) continue;
        wrong++;
        break;
      }
    }
    expect(wrong / (RUNS / 4)).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / (RUNS / 4)));
  });
});

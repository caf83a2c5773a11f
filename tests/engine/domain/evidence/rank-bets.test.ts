import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { LAST_BIN, RELATIVE_ACCURACY, ZERO_BIN, binOf, valueOf } from '#engine/domain/evidence/bins.ts';
import { normalQuantile } from '#engine/domain/evidence/normal-quantile.ts';
import { rankInPool } from '#engine/domain/evidence/pooled-ranks.ts';
import { RANK_WEIGHTS, TAIL_LEVELS, rankGains } from '#engine/domain/evidence/rank-bets.ts';
import { deltaOf, foldAll, foldedRollout } from '../../../support/evidence.ts';
import { MINUTE } from '../../../support/fixtures.ts';
import { seededRandom } from '../../../support/random.ts';

describe('bins', () => {
  it('keep a value to within 2 %, in order', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (one, other) => {
        expect(Math.abs(valueOf(binOf(one)) / one - 1)).toBeLessThanOrEqual(RELATIVE_ACCURACY + 1e-9);
        expect(Math.sign(binOf(one) - binOf(other)) * Math.sign(one - other)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it.each([0, -0, -5, -Infinity, Number.NaN, 1e-300])('%d has the lowest bin, which is zero', (value) => {
    expect([binOf(value), valueOf(binOf(value))]).toEqual([ZERO_BIN, 0]);
  });

  it('has a highest bin', () => expect([binOf(Infinity), binOf(1e300)]).toEqual([LAST_BIN, LAST_BIN]));
});

it.each([
  [0.5, 0],
  [0.975, 1.959964],
  [0.001, -3.090232],
  [1e-9, -5.997807],
])('the normal quantile of %d is %d', (level, expected) => expect(normalQuantile(level)).toBeCloseTo(expected, 5));

const NONE = { bins: [], counts: [] };

describe('ranks in the pool', () => {
  const histogram = { bins: [10, 20], counts: [1, 3] };

  it('are of the middle of each bin, the batch itself included', () => {
    const { pooled, ranks } = rankInPool(NONE, histogram, TAIL_LEVELS);
    expect([...ranks.levels]).toEqual([0.125, 0.625]);
    expect(pooled).toEqual({ bins: [10, 20], counts: [1_000, 3_000] });
  });

  it('fade by exp(−N/1000)', () => {
    const { pooled } = rankInPool({ bins: [15], counts: [100_000] }, histogram, TAIL_LEVELS);
    expect(pooled.bins).toEqual([10, 15, 20]);
    expect(pooled.counts[1]).toBe(Math.round(100_000 * Math.exp(-4 / 1_000)));
  });

  it('know the share that stands above each level', () => {
    const many = { bins: Array.from({ length: 100 }, (_, i) => i), counts: Array.from({ length: 100 }, () => 1) };
    const { ranks } = rankInPool(many, NONE, TAIL_LEVELS);
    expect(ranks.tails[0]).toBeCloseTo(0.25, 9);
    expect(ranks.tails[1]).toBeCloseTo(0.05, 9);
  });
});

describe('bets by rank', () => {
  it('gain nothing on average over all labels that a batch could have (exactly)', () => {
    const batch = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(batch, batch, fc.double({ min: 0.02, max: 0.98, noNaN: true }), (before, values, share) => {
        const bins = [...new Set(values)].toSorted((a, b) => a - b);
        const counts = bins.map((one) => values.filter((value) => value === one).length);
        const pool = rankInPool(
          NONE,
          { bins: [...new Set(before)].toSorted((a, b) => a - b), counts: [...new Set(before)].map(() => 9) },
          [],
        ).pooled;
        const { ranks } = rankInPool(pool, { bins, counts }, TAIL_LEVELS);
        const expectations = RANK_WEIGHTS.map(() => 0);
        for (let labels = 0; labels < 2 ** values.length; labels++) {
          const isArm = values.map((_, i) => (labels >> i) % 2 === 1);
          const arm = bins.map((one) => values.filter((value, i) => value === one && isArm[i]).length);
          const control = counts.map((count, i) => count - arm[i]!);
          const ofArm = isArm.filter(Boolean).length;
          const chance = share ** ofArm * (1 - share) ** (values.length - ofArm);
          rankGains(ranks, share, arm, control).forEach((gain, i) => (expectations[i]! += chance * Math.exp(gain)));
        }
        for (const expectation of expectations) expect(expectation).toBeCloseTo(1, 7);
      }),
      { numRuns: process.env.CONCIERGE_LONG ? 2_000 : 150 },
    );
  });

  it('grow by a slower arm, whichever component sees it, and fall by one that is faster', () => {
    const random = seededRandom(3);
    const fold = (factor: number) => {
      const rollout = foldedRollout([20]);
      const deltas = Array.from({ length: 40 }, (_, minute) =>
        ['canary', 'control'].map((arm) => {
          const count = arm === 'canary' ? 20 : 80;
          const times = arm === 'canary' ? factor : 1;
          const values = Array.from({ length: count }, () => binOf(times * 200 * Math.exp(0.5 * normalQuantile(random() * 0.9998 + 1e-4))));
          return deltaOf({ id: 2 * minute + 1, arm, minute, values: { latency: values.map((one) => [one, 1]) } });
        }),
      ).flat();
      return foldAll(deltas, rollout, 41 * MINUTE).overall.ranks.latency!.arms.canary!;
    };
    const [slower] = fold(1.5);
    const [faster] = fold(0.7);
    for (const log of slower!) expect(log).toBeGreaterThan(Math.log(200));
    for (const log of faster!) expect(log).toBeLessThan(0);
    // Later windows have seen less of it.
    const windows = fold(1.5).map((logs) => Math.max(...logs));
    expect(windows).toEqual(windows.toSorted((a, b) => b - a));
  });
});

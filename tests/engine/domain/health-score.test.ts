import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Measurements, healthScore } from '#engine/domain/health-score.ts';

const of = (measured: number) => ({ measured, samples: 100 });
const perfect: Measurements = { error_rate: of(0), latency: of(50), throughput: of(120), feedback: of(100) };

describe("the score is the mission's formula", () => {
  it.each<[string, Partial<Measurements>, number]>([
    ['all perfect', {}, 100],
    ['1 % errors cost 4', { error_rate: of(1) }, 96],
    ['10 % errors cost 40', { error_rate: of(10) }, 60],
    ['more errors cost no more', { error_rate: of(90) }, 60],
    ['100 ms is still full', { latency: of(100) }, 100],
    ['600 ms costs 15', { latency: of(600) }, 85],
    ['1,100 ms costs 30', { latency: of(1_100) }, 70],
    ['a minute costs no more', { latency: of(60_000) }, 70],
    ['half the throughput costs 10', { throughput: of(50) }, 90],
    ['more than the baseline gives no bonus', { throughput: of(500) }, 100],
    ['feedback of 60 costs 4', { feedback: of(60) }, 96],
    ['everything at its worst', { error_rate: of(100), latency: of(9_999), throughput: of(0), feedback: of(0) }, 0],
  ])('%s', (_, change, expected) => expect(healthScore({ ...perfect, ...change }).value).toBeCloseTo(expected, 9));
});

describe('a missing part is left out, named, and its weight shared out', () => {
  it.each<[string, Partial<Measurements>, number | null, string[]]>([
    ['feedback', { error_rate: of(5), feedback: null }, (0.4 * 50 + 0.3 * 100 + 0.2 * 100) / 0.9, ['feedback']],
    [
      'throughput and feedback',
      { error_rate: of(5), throughput: null, feedback: null },
      (0.4 * 50 + 0.3 * 100) / 0.7,
      ['throughput', 'feedback'],
    ],
    ['all but errors', { error_rate: of(5), latency: null, throughput: null, feedback: null }, 50, ['latency', 'throughput', 'feedback']],
    [
      'all',
      { error_rate: null, latency: null, throughput: null, feedback: null },
      null,
      ['error_rate', 'latency', 'throughput', 'feedback'],
    ],
    ['a latency that is not a number', { latency: of(Number.NaN) }, 100, ['latency']],
    ['an infinite latency', { latency: of(Number.POSITIVE_INFINITY) }, 100, ['latency']],
  ])('%s', (_, change, expected, missing) => {
    const score = healthScore({ ...perfect, ...change });
    if (expected === null) expect(score.value).toBeNull();
    else expect(score.value).toBeCloseTo(expected, 9);
    expect(score.missing).toEqual(missing);
    for (const part of score.parts) expect(part.score === null).toBe(missing.includes(part.name));
  });
});

it('whatever is measured, the score and its parts stay within 0…100 and the weights sum to 1', () => {
  const measurement = fc.option(fc.record({ measured: fc.double(), samples: fc.nat() }));
  fc.assert(
    fc.property(
      fc.record({ error_rate: measurement, latency: measurement, throughput: measurement, feedback: measurement }),
      (measurements) => {
        const { value, parts, missing } = healthScore(measurements);
        if (missing.length === 4) {
          expect(value).toBeNull();
          return;
        }
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(100);
        expect(parts.reduce((sum, part) => sum + part.weight, 0)).toBeCloseTo(1, 9);
      },
    ),
    { numRuns: 5_000 },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RELATIVE_ACCURACY, binOf } from '#engine/domain/evidence/bins.ts';
import { type CountedPoint, stepMarks, timePoints, usualLength } from '#engine/domain/evidence/health-points.ts';
import { percentilesOf } from '#engine/domain/evidence/percentiles.ts';
import { MINUTE, NOW, shopWithRollout } from '../../../support/fixtures.ts';

const sketchOf = (values: readonly number[]): [number, number][] => values.map((value) => [binOf(value), 1]);

it('percentiles are those of the values, to within 2 %, however the sketches are split', () => {
  const anyValues = fc.array(fc.double({ min: 0.01, max: 600_000, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(anyValues, fc.nat(), (values, cut) => {
      const at = cut % values.length;
      const found = percentilesOf([sketchOf(values.slice(0, at)), sketchOf(values.slice(at))])!;
      expect(found.samples).toBe(values.length);
      const sorted = values.toSorted((a, b) => a - b);
      for (const [name, share] of [
        ['p50', 0.5],
        ['p75', 0.75],
        ['p95', 0.95],
      ] as const) {
        const exact = sorted[Math.ceil(share * values.length) - 1]!;
        expect(Math.abs(found[name] - exact)).toBeLessThanOrEqual(exact * RELATIVE_ACCURACY * 1.0001);
      }
    }),
  );
  expect(percentilesOf([[], []])).toBeNull();
});

describe('points of a chart', () => {
  const counted = (at: number, some: Partial<CountedPoint> = {}): CountedPoint => ({
    arm: 'canary',
    at,
    width: 1,
    exposures: 10,
    visitors: 10,
    failed_visitors: 1,
    latency_count: 2,
    latency_sum_ms: 300,
    feedback_count: 0,
    feedback_sum: 0,
    goals: 0,
    sketches: {},
    ...some,
  });

  it('are summed to the length that is asked for; longer ones stay', () => {
    const points = timePoints([counted(120, { width: 60 }), counted(181), counted(184), counted(184, { arm: 'control' }), counted(186)], 5);
    expect(points.map(({ at, minutes, arms }) => [at / MINUTE, minutes, arms['canary']?.visitors, arms['control']?.visitors])).toEqual([
      [120, 60, 10, undefined],
      [180, 5, 20, 10],
      [185, 5, 10, undefined],
    ]);
    expect(points[1]!.arms['canary']).toMatchObject({ error_rate: 10, latency_mean: 150, feedback_mean: null, lcp: null });
  });

  it.each<[string, Partial<CountedPoint>, number | null]>([
    ['nobody reported', { visitors: 0, failed_visitors: 0 }, null],
    ['somebody failed who was heard of before', { visitors: 0, failed_visitors: 1 }, 100],
    ['more failed than were new', { visitors: 2, failed_visitors: 3 }, 100],
    ['a quarter failed', { visitors: 8, failed_visitors: 2 }, 25],
  ])('error rate: %s', (_, some, rate) => {
    expect(timePoints([counted(0, some)], 1)[0]!.arms['canary']!.error_rate).toBe(rate);
  });

  it.each([
    [60, 1],
    [240, 1],
    [241, 2],
    [24 * 60, 10],
    [30 * 24 * 60, 240],
    [10_000 * 24 * 60, 1_440],
  ])('of %i minutes are %i minutes long', (span, length) => {
    expect(usualLength(NOW, NOW + span * MINUTE)).toBe(length);
  });

  it('have marks where steps changed, and the one at their beginning', () => {
    const shares = {};
    const periods = [
      { step: 0, started_at: NOW, shares },
      { step: 0, started_at: NOW + MINUTE, shares },
      { step: 1, started_at: NOW + 2 * MINUTE, shares },
      { step: 0, started_at: NOW + 3 * MINUTE, shares },
    ];
    const rollout = { ...shopWithRollout({ steps: [5, 100] }).rollouts['main-1']!, periods };
    const all = stepMarks(rollout, NOW);
    expect(all.map(({ at, step, percentage }) => [(at - NOW) / MINUTE, step, percentage])).toEqual([
      [0, 0, 5],
      [2, 1, 100],
      [3, 0, 5],
    ]);
    expect(stepMarks(rollout, NOW + 2.5 * MINUTE)).toEqual(all.slice(1));
  });
});

import { describe, expect, it } from 'vitest';
import { type AbTest, abResult } from '#engine/domain/evidence/ab-result.ts';
import { TestResult } from '#schemas/experiment.ts';
import type { ArmHealth } from '#schemas/health.ts';
import { healthOf, observationWith } from '../../../support/evidence.ts';
import { seededRandom } from '../../../support/random.ts';

const test = (overrides: Partial<AbTest> = {}, names = ['a', 'b']): AbTest => ({
  goal: 'goal',
  horizon: { kind: 'sequential' },
  min_difference: 5,
  alpha: 0.05,
  variants: names.map((name) => ({ name })),
  ...overrides,
});
const observe = (arms: Record<string, Partial<ArmHealth>>) => ({
  ...observationWith(),
  control: 'a',
  arms: Object.fromEntries(Object.entries(arms).map(([name, arm]) => [name, healthOf(arm)])),
});
const reached = (exposures: number, goals: number): Partial<ArmHealth> => ({
  exposures,
  goals,
  goal_sum: goals,
  goal_sum_squares: goals,
});

describe('an A/B test', () => {
  it.each<[string, Record<string, Partial<ArmHealth>>, Partial<AbTest>, string, string | null]>([
    ['a clear winner', { a: reached(20_000, 2_000), b: reached(20_000, 2_600) }, {}, 'winner', 'b'],
    ['a clear loser leaves the control', { a: reached(20_000, 2_600), b: reached(20_000, 2_000) }, {}, 'no-difference', null],
    ['not certain yet', { a: reached(1_000, 100), b: reached(1_000, 115) }, {}, 'undecided', null],
    ['no difference worth having', { a: reached(400_000, 40_000), b: reached(400_000, 40_020) }, {}, 'no-difference', null],
    ['certainly better, and certainly not by enough', { a: reached(4e6, 2e6), b: reached(4e6, 2.02e6) }, {}, 'no-difference', null],
    ['nobody came', {}, {}, 'undecided', null],
    ['nobody reached the goal', { a: reached(5_000, 0), b: reached(5_000, 0) }, {}, 'undecided', null],
    ['a goal without sums', { a: { exposures: 20_000, goals: 2_000 }, b: { exposures: 20_000, goals: 2_600 } }, {}, 'winner', 'b'],
    [
      'less latency is better',
      {
        a: { latency_count: 5_000, latency_sum_ms: 5_000 * 300, latency_sum_squares: 5_000 * (300 ** 2 + 100 ** 2) },
        b: { latency_count: 5_000, latency_sum_ms: 5_000 * 250, latency_sum_squares: 5_000 * (250 ** 2 + 100 ** 2) },
      },
      { goal: 'latency' },
      'winner',
      'b',
    ],
    [
      'fewer errors are better',
      { a: { visitors: 20_000, failed_visitors: 800 }, b: { visitors: 20_000, failed_visitors: 400 } },
      { goal: 'errors' },
      'winner',
      'b',
    ],
    [
      'more feedback is better',
      { a: { feedback_count: 2_000, feedback_sum: 120_000 }, b: { feedback_count: 2_000, feedback_sum: 150_000 } },
      { goal: 'feedback' },
      'winner',
      'b',
    ],
  ])('%s', (_, arms, overrides, outcome, winner) => {
    const result = abResult(observe(arms), test(overrides));
    expect([result.outcome, result.winner]).toEqual([outcome, winner]);
    expect(TestResult.parse(result)).toEqual(result);
  });

  it('names the best of several that are better', () => {
    const arms = { a: reached(20_000, 2_000), b: reached(20_000, 2_600), c: reached(20_000, 2_800) };
    expect(abResult(observe(arms), test({}, ['a', 'b', 'c'])).winner).toBe('c');
  });

  it('says the interval of each difference, wider for more variants', () => {
    const arms = { a: reached(20_000, 2_000), b: reached(20_000, 2_300), c: reached(20_000, 2_000) };
    const width = (result: TestResult) => result.variants[1]!.interval![1] - result.variants[1]!.interval![0];
    const two = abResult(observe(arms), test());
    const three = abResult(observe(arms), test({}, ['a', 'b', 'c']));
    expect(two.variants[1]!.difference).toBeCloseTo(0.015, 9);
    expect(two.variants[0]!.interval).toBeNull();
    expect(width(three)).toBeGreaterThan(width(two));
  });

  it('with a fixed horizon is decided when it is reached, by the narrower interval of one look', () => {
    const arms = { a: reached(10_000, 1_000), b: reached(10_000, 1_120) };
    const fixed = (minutes: number) => abResult(observe(arms), test({ horizon: { kind: 'fixed', minutes, visitors: 20_000 } }));
    expect(fixed(11).outcome).toBe('undecided');
    expect(fixed(10).outcome).toBe('winner');
    expect(abResult(observe(arms), test()).outcome).toBe('undecided');
  });

  it('names a winner of variants that are alike, ever, with a chance of at most alpha', () => {
    const random = seededRandom(21);
    const runs = process.env.CONCIERGE_LONG ? 4_000 : 200;
    let named = 0;
    for (let run = 0; run < runs; run++) {
      const counts = { a: reached(0, 0), b: reached(0, 0), c: reached(0, 0) } as Record<string, ReturnType<typeof healthOf>>;
      for (let look = 0; look < 60; look++) {
        for (const arm of Object.values(counts)) {
          arm.exposures += 100;
          for (let i = 0; i < 100; i++) if (random() < 0.1) arm.goals++;
          arm.goal_sum = arm.goals;
          arm.goal_sum_squares = arm.goals;
        }
        if (abResult(observe(counts), test({ min_difference: 0.1 }, ['a', 'b', 'c'])).outcome !== 'winner') continue;
        named++;
        break;
      }
    }
    expect(named / runs).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
  });
});

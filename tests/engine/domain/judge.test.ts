import { describe, expect, it } from 'vitest';
import { NO_HEALTH, judge } from '#engine/domain/judge.ts';
import { Monitoring } from '#schemas/rollout.ts';
import { type ArmHealth, Verdict } from '#schemas/verdict.ts';
import { MINUTE, NOW } from '../../support/fixtures.ts';

const limits = Monitoring.parse({});
const good: ArmHealth = {
  ...NO_HEALTH,
  exposures: 100,
  visitors: 100,
  loaded: 100,
  latency_count: 100,
  latency_sum_ms: 12_000,
  feedback_count: 10,
  feedback_sum: 900,
};
const look = (arm: Partial<ArmHealth>, control: Partial<ArmHealth> = {}, percentage = 50, monitoring = limits, others = 0) =>
  judge(
    {
      step: 1,
      percentage,
      control_percentage: 100 - percentage - others,
      from: NOW,
      to: NOW + 10 * MINUTE,
      arm: { ...good, ...arm },
      control: { ...good, ...control },
    },
    monitoring,
  );

describe('limits', () => {
  it.each<[string, Partial<ArmHealth>, string, string[]]>([
    ['all well', {}, 'healthy', ['healthy']],
    ['few errors', { failed_visitors: 4 }, 'healthy', ['healthy']],
    ['errors at their limit, where the score falls below its own', { failed_visitors: 5 }, 'unhealthy', ['health-score']],
    ['errors above the limit', { failed_visitors: 6 }, 'unhealthy', ['error-rate', 'health-score']],
    ['slow: the score falls, the error rate does not', { latency_sum_ms: 100 * 1_500 }, 'unhealthy', ['health-score']],
    ['feedback at the limit', { feedback_sum: 600 }, 'healthy', ['healthy']],
    ['feedback below the limit', { feedback_sum: 590 }, 'unhealthy', ['feedback']],
    [
      'everything at once, in a fixed order',
      { failed_visitors: 50, latency_sum_ms: 1e6, feedback_sum: 0 },
      'unhealthy',
      ['error-rate', 'health-score', 'feedback'],
    ],
    ['too few visitors for good news', { visitors: 19, loaded: 19 }, 'inconclusive', ['too-few-samples']],
    ['too few visitors for bad news', { visitors: 19, failed_visitors: 19 }, 'inconclusive', ['too-few-samples']],
    ['just enough visitors for bad news', { visitors: 20, failed_visitors: 20 }, 'unhealthy', ['error-rate', 'health-score']],
    ['too few votes to judge by', { feedback_count: 4, feedback_sum: 0 }, 'healthy', ['healthy']],
    [
      'bad feedback counts though few reported otherwise',
      { visitors: 6, loaded: 6, feedback_count: 6, feedback_sum: 0 },
      'unhealthy',
      ['feedback'],
    ],
    ['no traffic is neither good nor bad', NO_HEALTH, 'inconclusive', ['too-few-samples']],
  ])('%s', (_, arm, verdict, codes) => {
    const outcome = look(arm);
    expect(outcome.verdict).toBe(verdict);
    expect(outcome.reasons.map((reason) => reason.code)).toEqual(codes);
    expect(Verdict.parse(outcome)).toEqual(outcome); // what is stored as evidence is valid evidence
  });
});

describe('throughput is compared with the concurrent control, by share', () => {
  const measured = (verdict: Verdict) => verdict.score.parts.find((part) => part.name === 'throughput')!.measured;
  it.each<[string, number, number, number, number | null]>([
    ['half and half, as many', 100, 100, 50, 100],
    ['5 % of visitors, 5 % of loads', 50, 950, 5, 100],
    ['5 % of visitors, half of what is due', 25, 950, 5, 50],
    ['nobody is left in the control', 100, 0, 100, null],
    ['so few are due that chance would decide', 5, 95, 5, null],
  ])('%s', (_, armLoaded, controlLoaded, percentage, expected) => {
    const value = measured(look({ loaded: armLoaded }, { loaded: controlLoaded }, percentage));
    if (expected === null) expect(value).toBeNull();
    else expect(value).toBeCloseTo(expected, 9);
  });

  it('a configured baseline (per minute) is used instead', () => {
    expect(measured(look({ loaded: 100 }, {}, 100, { ...limits, baseline_throughput: 20 }))).toBeCloseTo(50, 9);
  });

  it('of which there is less where another rollout of the building has its share', () => {
    expect(measured(look({ loaded: 100 }, { loaded: 700 }, 10, limits, 20))).toBeCloseTo(100, 9);
    expect(measured(look({ loaded: 100 }, { loaded: 900 }, 10, limits, 20))).toBeCloseTo((100 * 700) / 900, 9);
  });
});

import { counted } from '#schemas/counted.ts';
import type { Monitoring } from '#schemas/rollout.ts';
import type { HealthPart, HealthPartName, HealthScore, Observation } from '#schemas/verdict.ts';
import { type Measurements, healthScore } from './health-score.ts';
import { healthOf, measureAtBest, measureHealth } from './measure-health.ts';
import { formatNumber } from './say-number.ts';

export const LIMITS = ['error-rate', 'health-score', 'feedback'] as const;
export type Limit = (typeof LIMITS)[number];
export type Breach = { limit: Limit; arm: string; message: string };

/**
 * The limits of `monitoring` that an arm breaks beyond doubt: not only by what was measured, but even at the best that it may
 * really be (anytime-valid, 95 %). So two failures of two visitors are enough for a limit of 5 %, and six of a hundred are not.
 */
export function brokenLimits(observation: Observation, arm: string, monitoring: Monitoring): Breach[] {
  const measured = measureHealth(observation, arm, monitoring);
  const suspects = limitsBeyond(measured, monitoring, healthOf(observation, arm).visitors >= monitoring.min_samples);
  if (suspects.length === 0) return [];
  const certain = limitsBeyond(measureAtBest(observation, arm, monitoring), monitoring, true);
  return suspects
    .filter((limit) => certain.includes(limit))
    .map((limit) => ({ limit, arm, message: describe(limit, observation, arm, measured, monitoring) }));
}

/** The limits that the control is beyond as well, as it was measured; throughput is nothing that it has. */
export const controlBreaks = (observation: Observation, monitoring: Monitoring): readonly Limit[] =>
  limitsBeyond(measureHealth(observation, observation.control, monitoring), monitoring, true);

function limitsBeyond(measurements: Measurements, limits: Monitoring, hasEnough: boolean): Limit[] {
  const { error_rate: errorRate, feedback } = measurements;
  const { value } = healthScore(measurements);
  const isBeyond: Record<Limit, boolean> = {
    'error-rate': hasEnough && errorRate !== null && errorRate.measured > limits.max_error_rate,
    'health-score': hasEnough && value !== null && value < limits.min_health_score,
    feedback: feedback !== null && feedback.measured < limits.min_feedback,
  };
  return LIMITS.filter((limit) => isBeyond[limit]);
}

function describe(limit: Limit, observation: Observation, arm: string, measured: Measurements, limits: Monitoring): string {
  const health = healthOf(observation, arm);
  switch (limit) {
    case 'error-rate': {
      const rate = formatNumber(measured.error_rate?.measured ?? 0);
      return `${health.failed_visitors} of ${counted(health.visitors, 'visitor')} had an error (${rate} %, limit ${limits.max_error_rate} %).`;
    }
    case 'health-score':
      return describeLowScore(healthScore(measured), limits.min_health_score);
    case 'feedback':
      return `Feedback ${formatNumber(measured.feedback?.measured ?? 0)} of ${counted(health.feedback_count, 'visitor')} is below ${limits.min_feedback}.`;
  }
}

const PART_WORDS: Record<HealthPartName, (measured: string) => string> = {
  error_rate: (percent) => `errors of ${percent} %`,
  latency: (ms) => `a mean latency of ${ms} ms`,
  throughput: (percent) => `loads of ${percent} % of what was expected`,
  feedback: (mean) => `feedback of ${mean}`,
};

/** With the part that costs most: where that is usual for the site, the limit is to be moved. */
function describeLowScore(score: HealthScore, limit: number): string {
  const costOf = (part: HealthPart): number => part.weight * (100 - (part.score ?? 100));
  const worst = score.parts.toSorted((a, b) => costOf(b) - costOf(a))[0]!;
  const words = PART_WORDS[worst.name](formatNumber(worst.measured ?? 0));
  return `Health ${describeScore(score)} is below ${limit}, mostly because of ${words} (${formatNumber(costOf(worst))} points).`;
}

export function describeScore({ value, missing }: HealthScore): string {
  const without = missing.length > 0 ? ` (without ${missing.join(', ').replaceAll('_', ' ')})` : '';
  return `${value === null ? 'unknown' : formatNumber(value)}${without}`;
}

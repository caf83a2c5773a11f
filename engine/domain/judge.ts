import type { Monitoring, Rollout } from '#schemas/rollout.ts';
import type { ArmHealth, Evidence, HealthScore, Observation, Verdict, VerdictReason } from '#schemas/verdict.ts';
import { NO_HEALTH } from './evidence/arm-health.ts';
import { type Measurement, type Measurements, healthScore } from './health-score.ts';
import { MS_PER_MINUTE } from './rollout-state.ts';
import { CANARY_ARM } from './shares.ts';

export { NO_HEALTH };

/**
 * Judges the rollout's arm over its current step. Any limit that is broken on enough samples makes it `unhealthy` (all broken
 * ones are named, error rate first, then score, then feedback); too few samples make it `inconclusive`, never healthy.
 */
export function judge(observation: Observation, { monitoring }: Pick<Rollout, 'monitoring'>): Verdict {
  const arm = observation.arms[CANARY_ARM] ?? NO_HEALTH;
  const measurements = measure(observation, monitoring);
  const score = healthScore(measurements);
  const evidence: Evidence = { e_value: 1, threshold: 1, comparisons: [], sample_ratio_e_value: 1, sample_ratio_threshold: 1 };
  const common = { score, evidence, observed: observation };
  const broken = brokenLimits(measurements, score, arm, monitoring);
  if (broken.length > 0) return { verdict: 'unhealthy', recommendation: 'roll-back', reasons: broken, ...common };
  if (arm.visitors < monitoring.min_samples) {
    const message = `${arm.visitors} of the ${monitoring.min_samples} visitors needed have reported.`;
    return { verdict: 'inconclusive', recommendation: 'hold', reasons: [{ code: 'too-few-samples', message }], ...common };
  }
  const message = `Health ${describeScore(score)} after ${arm.visitors} visitors.`;
  return { verdict: 'healthy', recommendation: 'advance', reasons: [{ code: 'healthy', message }], ...common };
}

function measure(
  { arms, periods, step_started_at: from, at: to, control: controlName }: Observation,
  monitoring: Monitoring,
): Measurements {
  const arm = arms[CANARY_ARM] ?? NO_HEALTH;
  const control = arms[controlName] ?? NO_HEALTH;
  const { [CANARY_ARM]: percentage = 0, [controlName]: rest = 0 } = periods.at(-1)?.shares ?? {};
  const mean = (sum: number, count: number): Measurement | null => (count > 0 ? { measured: sum / count, samples: count } : null);
  return {
    error_rate: mean(100 * arm.failed_visitors, arm.visitors),
    latency: mean(arm.latency_sum_ms, arm.latency_count),
    throughput: throughput(arm, control, rest > 0 ? percentage / rest : null, (to - from) / MS_PER_MINUTE, monitoring),
    feedback: arm.feedback_count >= monitoring.min_feedback_samples ? mean(arm.feedback_sum, arm.feedback_count) : null,
  };
}

/** Loads in the arm, in percent of what the concurrent control (`perControl` times of it) or the configured baseline promises. */
function throughput(
  arm: ArmHealth,
  control: ArmHealth,
  perControl: number | null,
  minutes: number,
  monitoring: Monitoring,
): Measurement | null {
  const expected =
    monitoring.baseline_throughput !== undefined ? monitoring.baseline_throughput * minutes : control.loaded * (perControl ?? 0);
  if (expected < monitoring.min_samples) return null; // so few that chance alone would decide
  return { measured: (100 * arm.loaded) / expected, samples: arm.loaded };
}

function brokenLimits(measurements: Measurements, score: HealthScore, arm: ArmHealth, limits: Monitoring): VerdictReason[] {
  const broken: VerdictReason[] = [];
  const { error_rate: errorRate, feedback } = measurements;
  const enough = arm.visitors >= limits.min_samples;
  if (enough && errorRate && errorRate.measured > limits.max_error_rate) {
    const message = `${arm.failed_visitors} of ${arm.visitors} visitors had an error (${format(errorRate.measured)} %, limit ${limits.max_error_rate} %).`;
    broken.push({ code: 'error-rate', message });
  }
  if (enough && score.value !== null && score.value < limits.min_health_score) {
    broken.push({ code: 'health-score', message: `Health ${describeScore(score)} is below ${limits.min_health_score}.` });
  }
  if (feedback && feedback.measured < limits.min_feedback) {
    const message = `Feedback ${format(feedback.measured)} of ${arm.feedback_count} visitors is below ${limits.min_feedback}.`;
    broken.push({ code: 'feedback', message });
  }
  return broken;
}

function describeScore(score: HealthScore): string {
  const without = score.missing.length > 0 ? ` (without ${score.missing.join(', ').replaceAll('_', ' ')})` : '';
  return `${score.value === null ? 'unknown' : format(score.value)}${without}`;
}

const format = (value: number): string => (Math.round(value * 10) / 10).toString();

import type { ArmHealth } from '#schemas/health.ts';
import type { Monitoring } from '#schemas/rollout.ts';
import type { Observation } from '#schemas/verdict.ts';
import { NO_HEALTH } from './evidence/arm-health.ts';
import { halfWidth, highestMultiple, highestRate, lowestRate } from './evidence/bounds.ts';
import type { Measurement, Measurements } from './health-score.ts';
import { MS_PER_MINUTE } from './rollout-state.ts';

/** The chance that a bound is ever wrong. */
const ALPHA = 0.05;

export const healthOf = ({ arms }: Observation, arm: string): ArmHealth => (Object.hasOwn(arms, arm) ? arms[arm]! : NO_HEALTH);

/** An arm (or the control, which has no throughput to compare) in the current step, as the health score has it. */
export function measureHealth(observation: Observation, arm: string, monitoring: Monitoring): Measurements {
  const health = healthOf(observation, arm);
  const { failed_visitors: failed, visitors, latency_count: timed, feedback_count: votes } = health;
  const expected = expectedLoads(observation, arm, monitoring);
  return {
    error_rate: visitors > 0 ? { measured: (100 * failed) / visitors, samples: visitors } : null,
    latency: timed > 0 ? { measured: health.latency_sum_ms / timed, samples: timed } : null,
    throughput: expected === null ? null : { measured: (100 * health.loaded) / expected, samples: health.loaded },
    feedback: votes >= monitoring.min_feedback_samples ? { measured: health.feedback_sum / votes, samples: votes } : null,
  };
}

/** The best that each measurement may really be: bounds that hold at any number of looks, at 95 %. What is missing stays so. */
export function measureAtBest(observation: Observation, arm: string, monitoring: Monitoring): Measurements {
  const measured = measureHealth(observation, arm, monitoring);
  const health = healthOf(observation, arm);
  const { failed_visitors: failed, visitors, feedback_count: votes } = health;
  const at = (measurement: Measurement | null, best: () => number): Measurement | null =>
    measurement && { ...measurement, measured: best() };
  return {
    error_rate: at(measured.error_rate, () => 100 * lowestRate(failed, visitors, ALPHA)),
    latency: at(measured.latency, () => latencyAtBest(health, monitoring)),
    throughput: at(measured.throughput, () => throughputAtBest(observation, arm, monitoring)),
    feedback: at(measured.feedback, () => 100 * highestRate(health.feedback_sum / 100, votes, ALPHA)),
  };
}

/** Of few values nothing is certain, so that they are taken to be as fast as can be. */
function latencyAtBest(health: ArmHealth, { min_samples: enough }: Monitoring): number {
  const { latency_count: count, latency_sum_ms: sum } = health;
  if (count < Math.max(2, enough)) return 0;
  // Sums of squares that were not kept say nothing: values then may be spread as widely as their mean is large.
  const squares = health.latency_sum_squares > 0 ? health.latency_sum_squares : (2 * sum * sum) / count;
  return Math.max(0, sum / count - halfWidth({ count, sum, squares }, 2 * ALPHA, 5 * enough));
}

/** In percent. The control's loads are chance as much as the arm's, a configured baseline is not. */
function throughputAtBest(observation: Observation, arm: string, monitoring: Monitoring): number {
  const { loaded } = healthOf(observation, arm);
  if (monitoring.baseline_throughput !== undefined) {
    return 100 * highestMultiple(loaded, expectedLoads(observation, arm, monitoring) ?? 0, ALPHA);
  }
  const share = highestRate(loaded, loaded + healthOf(observation, observation.control).loaded, ALPHA);
  return (100 * share) / (1 - share) / perControl(observation, arm);
}

/** How many loads of the arm the concurrent control, or the configured baseline, promises; null: so few that chance would decide. */
function expectedLoads(observation: Observation, arm: string, monitoring: Monitoring): number | null {
  const { at, step_started_at: from, control } = observation;
  if (arm === control) return null;
  const { baseline_throughput: baseline, min_samples: enough } = monitoring;
  const minutes = (at - from) / MS_PER_MINUTE;
  const expected = baseline !== undefined ? baseline * minutes : healthOf(observation, control).loaded * perControl(observation, arm);
  return expected >= enough ? expected : null;
}

/** How many visitors of the arm there should be for one of the control: shares over the time of the step, in which they may have changed. */
function perControl({ at, step, periods, control }: Observation, arm: string): number {
  let ofArm = 0;
  let ofControl = 0;
  periods.forEach(({ step: ofStep, started_at: from, shares }, index) => {
    if (ofStep !== step) return;
    const until = periods[index + 1]?.started_at ?? at;
    const weight = Math.max(1, until - from);
    ofArm += weight * (shares[arm] ?? 0);
    ofControl += weight * (shares[control] ?? 0);
  });
  return ofControl > 0 ? ofArm / ofControl : 0;
}

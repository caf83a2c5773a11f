import type { ArmHealth } from '#schemas/health.ts';

export const NO_HEALTH: ArmHealth = Object.freeze({
  exposures: 0,
  visitors: 0,
  loaded: 0,
  load_failures: 0,
  failed_visitors: 0,
  latency_count: 0,
  latency_sum_ms: 0,
  latency_sum_squares: 0,
  feedback_count: 0,
  feedback_sum: 0,
  goals: 0,
  goal_sum: 0,
  goal_sum_squares: 0,
});

/** Adds to the sum, count by count: by names it takes five times as long. */
export function addHealth(sum: ArmHealth, more: Readonly<Partial<ArmHealth>>): ArmHealth {
  sum.exposures += more.exposures ?? 0;
  sum.visitors += more.visitors ?? 0;
  sum.loaded += more.loaded ?? 0;
  sum.load_failures += more.load_failures ?? 0;
  sum.failed_visitors += more.failed_visitors ?? 0;
  sum.latency_count += more.latency_count ?? 0;
  sum.latency_sum_ms += more.latency_sum_ms ?? 0;
  sum.latency_sum_squares += more.latency_sum_squares ?? 0;
  sum.feedback_count += more.feedback_count ?? 0;
  sum.feedback_sum += more.feedback_sum ?? 0;
  sum.goals += more.goals ?? 0;
  sum.goal_sum += more.goal_sum ?? 0;
  sum.goal_sum_squares += more.goal_sum_squares ?? 0;
  return sum;
}

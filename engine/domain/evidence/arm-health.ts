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

const NAMES = Object.keys(NO_HEALTH) as (keyof ArmHealth)[];

export function addHealth(one: ArmHealth, other: Partial<ArmHealth>): ArmHealth {
  const sum = { ...one };
  for (const name of NAMES) sum[name] += other[name] ?? 0;
  return sum;
}

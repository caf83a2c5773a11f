import type { ArmHealth } from '#schemas/health.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Observation } from '#schemas/verdict.ts';

/** Arms in the order in which they are shown: those that are tried, then the one that they are compared with. */

const NO_HEALTH: ArmHealth = {
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
};

/** The arms that are compared with the control, whether or not anything was heard of them. */
export function triedArms({ control, arms, periods }: Observation): string[] {
  const names = new Set([...Object.keys(periods.at(-1)?.shares ?? {}), ...Object.keys(arms)]);
  names.delete(control);
  return names.size > 0 ? [...names] : ['canary'];
}

/** What was counted of an arm in the current step; nothing yet is zeros. */
export const healthOf = ({ arms }: Observation, arm: string): ArmHealth => arms[arm] ?? NO_HEALTH;

/** An arm in words; a plain rollout has one, and it is simply the new version. */
export const armWords = (arm: string, rollout: Pick<Rollout, 'strategy'>): string =>
  rollout.strategy === 'ab_test' ? arm : arm === 'control' ? 'control' : 'new';

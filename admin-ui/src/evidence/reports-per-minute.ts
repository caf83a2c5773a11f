import type { Observation } from '#schemas/verdict.ts';

const MS_PER_MINUTE = 60_000;

/** Visitors with a report per minute of the current step, over all arms. */
export function reportsPerMinute({ arms, at, step_started_at: from }: Observation): number {
  const visitors = Object.values(arms).reduce((sum, arm) => sum + arm.visitors, 0);
  return at > from ? (visitors * MS_PER_MINUTE) / (at - from) : 0;
}

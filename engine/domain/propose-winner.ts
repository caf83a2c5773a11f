import type { Proposal } from '#schemas/experiment.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { armNamesOf } from './experiment.ts';
import { MS_PER_MINUTE } from './rollout-state.ts';

/**
 * What an A/B test should end with; null while it goes on. With a fixed horizon it is asked once, when the minutes have
 * passed and the visitors have come; a sequential one may end at any look. Where nobody wins, the control stays.
 */
export function proposalOf(rollout: Rollout, { test, verdict, observed }: Verdict, now: number): Proposal | null {
  const { horizon } = rollout.experiment!;
  if (!test || verdict === 'error') return null;
  const minutes = (now - rollout.step_started_at) / MS_PER_MINUTE;
  const isTimeUp = horizon.minutes !== undefined && minutes >= horizon.minutes;
  if (horizon.kind === 'sequential') {
    if (test.outcome === 'undecided' && !isTimeUp) return null;
  } else {
    const visitors = armNamesOf(rollout).reduce((sum, arm) => sum + (observed.arms[arm]?.exposures ?? 0), 0);
    if ((horizon.minutes !== undefined && !isTimeUp) || (horizon.visitors !== undefined && visitors < horizon.visitors)) return null;
  }
  return { variant: test.outcome === 'winner' ? (test.winner ?? test.control) : test.control, at: now, result: test };
}

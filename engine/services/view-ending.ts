import type { Place } from '#engine/db/revision-store.ts';
import { refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import type { RolloutEnding } from '#schemas/rollout-view.ts';
import type { Verdict } from '#schemas/verdict.ts';
import type { Services } from './context.ts';
import { firstRevision } from './first-revision.ts';
import { requireRollout } from './view-rollouts.ts';

/** How the rollout ended. Refused with `not-found` when the head does not know it or it has not ended. */
export async function viewEnding(services: Services, place: Place, id: string): Promise<RolloutEnding> {
  const { head, rollout } = await requireRollout(services, place, id);
  if (rollout.ended_at === undefined) return refuse('not-found', `Rollout ${id} is ${rollout.state}: it has not ended.`);
  // It has ended in every revision since. A recovered chain may begin later.
  const hasIt = ({ document }: Revision): boolean => document.rollouts[id]?.ended_at !== undefined;
  const { number, at, actor, cause } = await firstRevision(services, place, 0, head, hasIt);
  if (at !== rollout.ended_at) return { at: rollout.ended_at, revision: null, actor: null, verdict: null };
  return { at, revision: number, actor, verdict: verdictOn(id, cause) };
}

function verdictOn(id: string, cause: Revision['cause']): Verdict | null {
  if (cause.type === 'judge-rollout' && cause.rollout === id) return cause.verdict;
  return ('seen' in cause && cause.seen?.[id]) || null;
}

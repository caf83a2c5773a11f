import type { CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { waitOf } from './begin-rollout.ts';

/** The rollout with one approval more: of somebody who neither started it nor changed it last, and has not approved it before. The engine begins it. */
export function approve(
  document: Document,
  rollout: Rollout,
  { reason }: CommandOf<'approve-rollout'>,
  { now, actor }: { now: number; actor: string },
): Rollout | Problem {
  const { approvals_needed: needed = 0, approvals = [], id } = rollout;
  if (needed === 0) return problem('rollout-state', `Rollout ${id} needs no approval.`);
  if (approvals.length >= needed) return problem('rollout-state', `Rollout ${id} has all the approvals that it needs.`);
  if (actor === rollout.started_by) return problem('forbidden', `${actor} started rollout ${id}; somebody else must approve it.`);
  if (actor === rollout.edited_by)
    return problem('forbidden', `${actor} changed the plan of rollout ${id}; somebody else must approve it.`);
  if (approvals.some(({ by }) => by === actor)) return problem('forbidden', `${actor} has approved rollout ${id} already.`);
  const next = { ...rollout, approvals: [...approvals, { by: actor, at: now, ...(reason === undefined ? {} : { reason }) }] };
  return { ...next, state_reason: waitOf(document, next, now)?.reason ?? `Approved by ${actor}; it starts now.` };
}

import type { Document } from '#schemas/document.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import { isTakenBack } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { describeFreeze, freezeAt, frozenRefusal } from './freeze.ts';
import { placeInLayer } from './place-in-layer.ts';
import { end } from './rollout-moves.ts';
import { describeTargets, liveRollouts, unitsOf } from './rollout-state.ts';

export type Wait = { for: 'time' | 'dependency' | 'approval' | 'freeze' | 'limit'; reason: string };

/** The first thing that keeps the rollout from beginning at `now` (epoch ms); null: nothing does. */
export function waitOf(document: Document, rollout: Rollout, now: number, overridesFreeze = false): Wait | null {
  const { start_at: startAt = 0, after = [], approvals_needed: needed = 0, approvals = [] } = rollout;
  if (startAt > now) return { for: 'time', reason: 'Waits for its time.' };
  const open = after.filter((id) => document.rollouts[id]?.state !== 'completed');
  if (open.length > 0) return { for: 'dependency', reason: `Waits for ${open.join(', ')} to complete.` };
  if (approvals.length < needed) return { for: 'approval', reason: `Waits for approval: ${approvals.length} of ${needed}.` };
  const freeze = overridesFreeze ? null : freezeAt(document.policy, now);
  if (freeze) return { for: 'freeze', reason: `Waits for the end of the freeze: ${describeFreeze(freeze)}.` };
  const { max_rollouts: most } = document.policy ?? {};
  if (most !== undefined && liveRollouts(document).length >= most) {
    return { for: 'limit', reason: `Waits for a free place: ${most} may be under way at once.` };
  }
  return null;
}

export const waiting = (rollout: Rollout, wait: Wait): Rollout => ({
  ...rollout,
  state: wait.for === 'approval' ? 'awaiting-approval' : 'scheduled',
  state_reason: wait.reason,
});

/**
 * The waiting rollout at `now`: running when nothing keeps it any more, aborted when it cannot run. The very same object
 * comes back when it waits as before.
 */
export function beginRollout(document: Document, rollout: Rollout, now: number): Rollout {
  const lost = (rollout.after ?? []).find((id) => isLost(document, id));
  if (lost !== undefined) return end(rollout, 'aborted', now, `It could not start: ${lost} did not complete, or was undone.`);
  const wait = waitOf(document, rollout, now);
  if (wait) {
    const next = waiting(rollout, wait);
    return next.state === rollout.state && next.state_reason === rollout.state_reason ? rollout : next;
  }
  const begun = enterLayer(document, rollout, now, rollout.approvals ? approvedWords(rollout) : 'Started as planned.');
  return 'code' in begun ? end(rollout, 'aborted', now, `It could not start: ${begun.detail}`) : begun;
}

function isLost(document: Document, id: string): boolean {
  const other = document.rollouts[id];
  return other === undefined || other.undone_at !== undefined || isTakenBack(other);
}

const approvedWords = ({ approvals = [] }: Rollout): string => `Started, approved by ${approvals.map(({ by }) => by).join(', ')}.`;

/** The rollout running from `now` on, in its part of a layer and from the units that are stable now; or why there is no place for it. */
export function enterLayer(document: Document, rollout: Rollout, now: number, reason: string): Rollout | Problem {
  const shown = new Set(Object.keys(rollout.targets).map((building) => document.buildings[building]!.active_unit));
  const already = unitsOf(rollout).find((unit) => shown.has(unit));
  if (already !== undefined) return problem('unprocessable', `${already} is what visitors get already.`);
  const most = Math.max(...rollout.steps.map(({ percentage }) => percentage));
  const place = placeInLayer(document, Object.keys(rollout.targets), most, rollout.bucket_by ?? 'visitor', rollout.salt);
  if ('code' in place) return place;
  const targets = Object.fromEntries(
    Object.entries(rollout.targets).map(([building, { to }]) => [building, { from: document.buildings[building]!.active_unit, to }]),
  );
  return { ...rollout, ...place, targets, state: 'running', state_reason: reason, step_started_at: now, started_at: now };
}

/** The refusal of a rollout that somebody wants now, and that has to wait for the end of a freeze or a free place. */
export function refusalOf(document: Document, { for: what }: Wait, now: number): Problem {
  const freeze = what === 'freeze' ? freezeAt(document.policy, now) : null;
  if (freeze) return frozenRefusal(freeze, 'started');
  const running = liveRollouts(document).map((rollout) => `${rollout.id} (${describeTargets(rollout)})`);
  return problem('rollout-limit', `${running.join(', ')} ${running.length === 1 ? 'is' : 'are'} under way, and no more may be.`);
}

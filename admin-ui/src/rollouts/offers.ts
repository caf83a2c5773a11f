import type { Identity } from '#schemas/api.ts';
import { isLastStep, isLive } from '#schemas/rollout-reading.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Move } from '../api/commands.ts';
import { mayAdminister, mayOperate } from '../api/permissions.ts';
import { ROLE_WORDS } from '../words/rollout-words.ts';

/** A command that the rollout's state takes, and why this person cannot give it. */
export type Offer = { move: Move | 'edit'; refusal: string | null };

/** What can be done with the rollout now, in the order of the buttons. */
export function offersOf({ rollout }: Pick<RolloutView, 'rollout'>, identity: Identity | undefined): Offer[] {
  if (!mayOperate(identity)) return [];
  return movesOf(rollout).map((move) => ({ move, refusal: refusalOf(rollout, move, identity) }));
}

function movesOf(rollout: Rollout): Offer['move'][] {
  const needed = rollout.approvals_needed ?? 0;
  switch (rollout.state) {
    case 'scheduled':
    case 'awaiting-approval':
      return [...((rollout.approvals?.length ?? 0) < needed ? (['approve'] as const) : []), 'edit', 'abort'];
    case 'running':
    case 'paused':
      return [
        rollout.state === 'paused' ? 'resume' : 'pause',
        ...(rollout.experiment ? promotionsOfTest(rollout) : promotionsOf(rollout)),
        'edit',
        'restart',
        're-salt',
        'abort',
        'rollback',
      ];
    case 'rolled-back':
    case 'aborted':
      return ['retry'];
    case 'completed':
      return [];
  }
}

/** The step after the last is everyone. */
const promotionsOf = (rollout: Rollout): Move[] => (isLastStep(rollout) ? ['promote-done'] : ['promote-next', 'promote-done']);

const promotionsOfTest = (rollout: Rollout): Move[] => (isLastStep(rollout) ? ['promote-variant'] : ['promote-next', 'promote-variant']);

function refusalOf(rollout: Rollout, move: Offer['move'], identity: Identity | undefined): string | null {
  if (identity === undefined) return null;
  if (move === 'approve') {
    if (identity.person === rollout.started_by) return 'You started it: somebody else must approve it.';
    if (rollout.approvals?.some(({ by }) => by === identity.person)) return 'You have approved it: another person must.';
  }
  if (move === 'edit' && isLive(rollout) && rollout.approvals_needed !== undefined)
    return 'It was approved as it is, so it cannot be edited: abort it and start another one.';
  if (isLive(rollout) && move.startsWith('promote')) {
    const passed = rollout.steps.slice(rollout.step, move === 'promote-next' ? rollout.step + 1 : undefined);
    if (passed.some(({ role }) => role === 'admin') && !mayAdminister(identity))
      return `Only ${ROLE_WORDS.admin} may promote it past this gate.`;
  }
  return null;
}

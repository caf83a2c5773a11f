import type { Place } from '#engine/db/revision-store.ts';
import type { CommandOf } from '#schemas/command.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Actor } from './change.ts';
import type { Services } from './context.ts';
import { moveRollout } from './move-rollout.ts';
import { reasonOfRefusal } from './reason-of-refusal.ts';

/**
 * Carries a verdict out. Bad news is never refused; a step onwards is, when visitors could then be given units that do not fit
 * together. The rollout is paused with that reason, so that a person sees it, and others are judged as ever.
 */
export async function judgeRollout(
  services: Services,
  place: Place,
  command: CommandOf<'judge-rollout'>,
  actor: Actor,
): Promise<{ revision: Revision; changed: boolean }> {
  try {
    return await moveRollout(services, place, command, actor);
  } catch (error) {
    const reason = reasonOfRefusal('It could not go on:', error);
    return moveRollout(services, place, { type: 'pause-rollout', rollout: command.rollout, reason }, actor);
  }
}

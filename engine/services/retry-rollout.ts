import { planOfRollout } from '#engine/domain/plan-of-rollout.ts';
import type { Place } from '#engine/db/revision-store.ts';
import { refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Actor } from './change.ts';
import type { Services } from './context.ts';
import { startRollout } from './start-rollout.ts';
import { requireRollout } from './view-rollouts.ts';

/** Starts a rollout that was taken back anew, under a new id, by the plan that it had at its end; it waits for what that waited for. */
export async function retryRollout(
  services: Services,
  place: Place,
  id: string,
  { reason, override_freeze: overridesFreeze = false }: { reason?: string; override_freeze?: boolean },
  actor: Actor,
): Promise<{ revision: Revision; rollout: Rollout }> {
  const { head, rollout: earlier } = await requireRollout(services, place, id);
  if (overridesFreeze && reason === undefined) {
    refuse('unprocessable', 'It cannot be retried so.', [{ path: '/reason', message: 'say why the freeze is overridden' }]);
  }
  const plan = { ...planOfRollout(head.document, earlier, services.now(), reason), override_freeze: overridesFreeze };
  return startRollout(services, place, plan, actor, {
    retry_of: id,
    ...(earlier.release ? { release: earlier.release } : {}),
    ...(earlier.origin ? { origin: earlier.origin } : {}),
  });
}

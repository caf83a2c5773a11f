import { beginRollout } from '#engine/domain/begin-rollout.ts';
import { waitingRollouts } from '#engine/domain/rollout-state.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Actor } from './change.ts';
import type { Services } from './context.ts';
import { moveRollout } from './move-rollout.ts';
import { reasonOfRefusal } from './reason-of-refusal.ts';

/** Begins every waiting rollout whose time has come, and tells of every other what it waits for now. */
export async function beginDueRollouts(services: Services, place: Place, head: Revision, actor: Actor): Promise<Revision[]> {
  const caused: Revision[] = [];
  for (const rollout of waitingRollouts(head.document)) {
    if (beginRollout(head.document, rollout, services.now()) === rollout) continue;
    const { revision, changed } = await begin(services, place, rollout.id, actor);
    if (changed) caused.push(revision);
  }
  return caused;
}

/** A rollout whose units do not fit to what visitors have by now ends before it began; nobody is there to be told. */
async function begin(services: Services, place: Place, rollout: string, actor: Actor): Promise<{ revision: Revision; changed: boolean }> {
  try {
    return await moveRollout(services, place, { type: 'begin-rollout', rollout }, actor);
  } catch (error) {
    const reason = reasonOfRefusal('It could not start:', error);
    return moveRollout(services, place, { type: 'abort-rollout', rollout, reason }, actor);
  }
}

import type { Place } from '#engine/db/revision-store.ts';
import { DEPLOY_LOCK_MS } from '#schemas/limits.ts';
import { refuse } from '#schemas/problem.ts';
import type { DeployLock } from '#schemas/where.ts';
import { type Actor, requireHead } from './change.ts';
import type { Services } from './context.ts';
import { refuseLocked } from './require-no-lock.ts';

/** Does the work while nobody else changes the environment. The same request, sent again, takes its own lock again. */
export async function whileLocked<T>(
  services: Services,
  place: Place,
  actor: Actor,
  purpose: string,
  work: (actor: Actor) => Promise<T>,
): Promise<T> {
  const now = services.now();
  const id = requestId(actor) ?? services.randomId(20);
  const lock = await services.locks.take(place, { id, holder: actor.name, purpose, since: now, until: now + DEPLOY_LOCK_MS });
  if (lock.id !== id) refuseLocked(place, lock);
  try {
    return await work({ ...actor, lock: id });
  } finally {
    await services.locks.release(place, id);
  }
}

/** By what the very same request is known; undefined: by nothing. */
function requestId({ idempotencyKey: key, asked }: Actor): string | undefined {
  return key === undefined || asked === undefined ? key : `${key} ${asked.digest}`;
}

/** Who deploys there now; null: nobody. */
export async function viewLock(services: Services, place: Place): Promise<DeployLock | null> {
  await requireHead(services, place);
  return lockOf(services, place);
}

/** The lock without the id by which its holder is known. */
export async function lockOf(services: Services, place: Place): Promise<DeployLock | null> {
  const lock = await services.locks.held(place, services.now());
  if (!lock) return null;
  const { holder, purpose, since, until } = lock;
  return { holder, purpose, since, until };
}

/** Ends the lock, whoever has it: a deploy that still goes on is refused when it comes to move anything. */
export async function breakLock(services: Services, place: Place): Promise<void> {
  await requireHead(services, place);
  if (!(await services.locks.release(place))) refuse('not-found', `Nobody holds ${place.apartment}/${place.environment}.`);
}

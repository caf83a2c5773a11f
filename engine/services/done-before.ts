import type { DoneRequest, Place } from '#engine/db/revision-store.ts';
import { refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Actor } from './change.ts';
import type { Services } from './context.ts';

/**
 * The revision that this very request made when it was carried out before, or null. Refuses with `idempotency-key-reused`
 * when another request was carried out under its key.
 */
export async function doneBefore({ revisions }: Services, place: Place, actor: Actor): Promise<Revision | null> {
  const { idempotencyKey: key, asked } = actor;
  if (key === undefined) return null;
  // Before digests were kept, a key was recorded with method and path in it.
  const done = (await revisions.ofRequest(key)) ?? (asked ? await revisions.ofRequest(key.replace(' ', () => ` ${asked.request} `)) : null);
  if (done === null) return null;
  if (asked && done.digest !== null && done.digest !== asked.digest) refuseReused(done, asked.request);
  return done.apartment === place.apartment && done.environment === place.environment ? revisions.at(place, done.revision) : null;
}

function refuseReused({ request, revision, apartment, environment, at }: DoneRequest, asked: string): never {
  const belongs = `The key belongs to ${request}, which made revision ${revision} of ${apartment}/${environment} at ${new Date(at).toISOString()}.`;
  const now = request === asked ? 'This is the same with another body' : `This is ${asked}`;
  refuse('idempotency-key-reused', `${belongs} ${now}, and nothing was done: send it under a key of its own.`, [
    { path: 'Idempotency-Key', message: 'is the key of another request' },
  ]);
}

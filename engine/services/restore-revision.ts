import { restoreCommand } from '#engine/domain/restore-document.ts';
import type { Place } from '#engine/db/revision-store.ts';
import { refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import { type Actor, change } from './change.ts';
import type { Services } from './context.ts';
import { viewRevision } from './list-revisions.ts';

/**
 * Restores everything that decides about visitors as it was in a revision, as a new revision. {@link rollBack} restores
 * units alone, and is what an emergency asks for.
 */
export async function restoreRevision(
  services: Services,
  place: Place,
  { revision: from, reason }: { revision: number; reason?: string },
  actor: Actor,
): Promise<Revision> {
  const { revision } = await change(services, place, actor, async (head) => {
    if (!head) return refuse('not-found', `There is no ${place.apartment}/${place.environment}.`);
    const then = await viewRevision(services, place, from);
    return restoreCommand(then.document, from, reason === undefined ? {} : { reason });
  });
  return revision;
}

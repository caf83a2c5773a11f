import type { Place } from '#engine/db/revision-store.ts';
import type { Revision, RevisionSummary } from '#schemas/revision.ts';
import { refuse } from '#schemas/problem.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';

/** A page of the history, newest first; `next_before` asks for the next page, null: this was the last. */
export async function listRevisions(
  services: Services,
  place: Place,
  { before = Number.MAX_SAFE_INTEGER, limit }: { before?: number; limit: number },
): Promise<{ revisions: RevisionSummary[]; next_before: number | null }> {
  await requireHead(services, place);
  const revisions = await services.revisions.list(place, before, limit);
  const oldest = revisions.at(-1)?.number ?? 1;
  return { revisions, next_before: oldest > 1 ? oldest : null };
}

export async function viewRevision(services: Services, place: Place, number: number): Promise<Revision> {
  return (
    (await services.revisions.at(place, number)) ??
    refuse('not-found', `There is no revision ${number} of ${place.apartment}/${place.environment}.`)
  );
}

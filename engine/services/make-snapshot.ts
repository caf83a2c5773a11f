import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { SignedSnapshot } from '#schemas/snapshot.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';
import { viewRevision } from './list-revisions.ts';

/** The signed snapshot of a revision, by default of the head: what the edge is sent, or is deployed with. */
export async function makeSnapshot(services: Services, place: Place, number?: number): Promise<SignedSnapshot> {
  const revision = number === undefined ? await requireHead(services, place) : await viewRevision(services, place, number);
  return services.signSnapshot(toSnapshot(revision.document, revision.number, revision.at));
}

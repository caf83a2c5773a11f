import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import type { Place } from '#engine/db/revision-store.ts';
import { refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import { type SignedSnapshot, Snapshot } from '#schemas/snapshot.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';
import { viewRevision } from './list-revisions.ts';

/** The signed snapshot of a revision, by default of the head: what the edge is sent, or is deployed with. */
export async function makeSnapshot(services: Services, place: Place, number?: number): Promise<SignedSnapshot> {
  const revision = number === undefined ? await requireHead(services, place) : await viewRevision(services, place, number);
  const { text } = await textOf(services, revision);
  return services.signSnapshot(JSON.parse(text) as Snapshot);
}

export type KeptSnapshot = {
  /** As an edge reads it. */
  snapshot: Snapshot;
  /** As an edge is sent it. */
  text: string;
  /** False: the text was not kept, and is what today's engine makes. */
  isStored: boolean;
};

/**
 * What edges were sent for the revision. The text is kept with the revision, so that an engine which would make another one
 * today still sends, and explains, the same; only revisions from before texts were kept are compiled again. Refused where the
 * text is not the one that was kept, or is in a format that this engine does not read.
 */
export async function snapshotOf(services: Services, revision: Revision): Promise<KeptSnapshot> {
  const { text, isStored } = await textOf(services, revision);
  const parsed = Snapshot.safeParse(JSON.parse(text));
  if (!parsed.success) return refuse('unprocessable', `This engine does not read the format of revision ${revision.number}'s snapshot.`);
  return { snapshot: parsed.data, text, isStored };
}

async function textOf(services: Services, revision: Revision): Promise<{ text: string; isStored: boolean }> {
  const stored = await services.snapshots.get(revision, revision.number);
  if (stored === 'damaged') {
    return refuse('unprocessable', `The snapshot of revision ${revision.number} is damaged; "concierge verify" says more.`);
  }
  if (stored !== null) return { text: stored, isStored: true };
  return { text: JSON.stringify(toSnapshot(revision.document, revision.number, revision.at)), isStored: false };
}

import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import type { Place } from '#engine/db/revision-store.ts';
import { refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import { type SignedSnapshot, Snapshot } from '#schemas/snapshot.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';
import { viewRevision } from './list-revisions.ts';

/**
 * The signed snapshot of a revision, by default of the head: what the edge is sent, or is deployed with. Of a revision whose text was
 * kept nothing else is read.
 */
export async function makeSnapshot(services: Services, place: Place, number?: number): Promise<SignedSnapshot> {
  const text =
    number === undefined
      ? (await textOf(services, await requireHead(services, place))).text
      : ((await keptText(services, place, number)) ?? compiledText(await viewRevision(services, place, number)));
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
  const kept = await keptText(services, revision, revision.number);
  return kept === null ? { text: compiledText(revision), isStored: false } : { text: kept, isStored: true };
}

async function keptText(services: Services, place: Place, number: number): Promise<string | null> {
  const stored = await services.snapshots.get(place, number);
  if (stored === 'damaged') return refuse('unprocessable', `The snapshot of revision ${number} is damaged; "concierge verify" says more.`);
  return stored;
}

const compiledText = ({ document, number, at }: Revision): string => JSON.stringify(toSnapshot(document, number, at));

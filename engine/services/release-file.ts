import type { Place } from '#engine/db/revision-store.ts';
import { releaseFileOf } from '#resolver/release-file.ts';
import type { ReleaseFile } from '#schemas/release.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';
import { snapshotOf } from './make-snapshot.ts';

/** `release.json` of the head, as an edge that has it serves it. */
export async function viewReleaseFile(services: Services, place: Place): Promise<ReleaseFile> {
  const { snapshot } = await snapshotOf(services, await requireHead(services, place));
  return releaseFileOf(snapshot);
}

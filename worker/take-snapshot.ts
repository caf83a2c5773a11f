import { MAX_SNAPSHOT_BYTES } from '#schemas/limits.ts';
import { parseJson, parseWith } from '#schemas/parse.ts';
import { ProblemError, refuse } from '#schemas/problem.ts';
import { SignedSnapshot } from '#schemas/snapshot.ts';
import type { SnapshotStore } from './platform.ts';
import { readText } from './read-text.ts';
import type { SnapshotSource } from './snapshot-source.ts';
import { type SnapshotVerifier, isEdition } from './verify-snapshot.ts';

/**
 * Takes a snapshot that the engine pushes: its signature is its pass. It is in use in this isolate before the store has it,
 * so that an emergency does not wait for a slow store; the engine is told of a store that failed and comes again.
 */
export async function takeSnapshot(
  verify: SnapshotVerifier,
  source: SnapshotSource,
  store: SnapshotStore,
  apartment: string,
  request: Request,
): Promise<{ revision: number }> {
  const signed = parseWith(SignedSnapshot, parseJson(await readText(request, 2 * MAX_SNAPSHOT_BYTES)), 'The snapshot');
  if (signed.payload.length > MAX_SNAPSHOT_BYTES) refuse('too-large', `A snapshot may have up to ${MAX_SNAPSHOT_BYTES} bytes.`);
  const edition = await verify(signed, apartment);
  if (!isEdition(edition)) throw new ProblemError(edition);
  source.adopt(apartment, edition);
  const written = await store
    .write(apartment, edition.revision, signed)
    .catch((error: unknown) => refuse('unavailable', `The store did not take it: ${(error as Error).message}`));
  if (written.outcome === 'stale') {
    refuse('stale-snapshot', `This edge has revision ${written.revision}; ${edition.revision} is not newer. Revisions never go back.`);
  }
  return { revision: edition.revision };
}

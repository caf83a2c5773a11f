import { MAX_SNAPSHOT_BYTES } from '#schemas/limits.ts';
import { parseJson, parseWith } from '#schemas/parse.ts';
import { ProblemError, refuse } from '#schemas/problem.ts';
import { SignedSnapshot } from '#schemas/snapshot.ts';
import { messageOf } from './message-of.ts';
import type { EdgePlatform, RequestPlatform } from './platform.ts';
import { readText } from './read-text.ts';
import type { SnapshotSource } from './snapshot-source.ts';
import { type Edition, type SnapshotVerifier, isEdition } from './verify-snapshot.ts';

/** An emergency does not wait longer than this for a store that hangs. */
const STORE_MS = 500;
/** The payload travels as a JSON string, which escapes its quotes. */
const MAX_BODY_BYTES = 2 * MAX_SNAPSHOT_BYTES;

/**
 * Takes a snapshot that the engine pushes: its signature is its pass. An isolate that has an edition uses a newer one at once,
 * since an emergency does not wait for a store; a cold one asks the store first whether it is news. When the store cannot
 * say, it is used unless something newer can be found, and the engine is told to come again (`unavailable`).
 */
export async function takeSnapshot(
  platform: EdgePlatform,
  verify: SnapshotVerifier,
  source: SnapshotSource,
  apartment: string,
  request: Request,
  here: RequestPlatform,
): Promise<{ revision: number }> {
  const signed = parseWith(SignedSnapshot, parseJson(await readText(request, MAX_BODY_BYTES)), 'The snapshot');
  const edition = await verify(signed, apartment);
  if (!isEdition(edition)) throw new ProblemError(edition);
  const hasFloor = source.holds(apartment);
  if (hasFloor) source.adopt(apartment, edition, here);
  const written = await write(platform, apartment, edition);
  if ('failure' in written) {
    if (!hasFloor) await source.get(apartment, here); // whatever this isolate can learn elsewhere is its floor
    source.adopt(apartment, edition, here);
    refuse('unavailable', `The store did not take it: ${written.failure}`);
  }
  if (written.outcome === 'stale') {
    refuse('stale-snapshot', `This edge has revision ${written.revision}; ${edition.revision} is not newer. Revisions never go back.`);
  }
  if (!hasFloor) source.adopt(apartment, edition, here);
  return { revision: edition.revision };
}

type Written = Awaited<ReturnType<EdgePlatform['store']['write']>> | { failure: string };

async function write({ store, wait }: EdgePlatform, apartment: string, edition: Edition): Promise<Written> {
  try {
    const tooLate = wait(STORE_MS).then((): Written => ({ failure: `no answer in ${STORE_MS} ms` }));
    return await Promise.race([store.write(apartment, edition.revision, edition.signed), tooLate]);
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

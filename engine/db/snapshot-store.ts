import { isAt } from './is-at.ts';
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { and, eq } from 'drizzle-orm';
import type { Database } from './open-database.ts';
import type { Place } from './revision-store.ts';
import { snapshots } from './tables.ts';

export const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** A snapshot's text as it is kept. */
export const packPayload = (text: string): { digest: string; payload: Buffer } => ({ digest: sha256(text), payload: deflateRawSync(text) });

/** The text, or null where it is not the one that was packed. */
export function unpackPayload({ digest, payload }: { digest: string; payload: Uint8Array }): string | null {
  try {
    const text = inflateRawSync(payload).toString();
    return sha256(text) === digest ? text : null;
  } catch {
    return null;
  }
}

export type SnapshotStore = ReturnType<typeof createSnapshotStore>;

/** The texts that edges were sent. */
export function createSnapshotStore(database: Database) {
  return {
    /** The text of the revision's snapshot; null: it is from before texts were kept. */
    async get(place: Place, number: number): Promise<string | 'damaged' | null> {
      const row = database
        .select()
        .from(snapshots)
        .where(and(isAt(snapshots, place), eq(snapshots.number, number)))
        .get();
      return row ? (unpackPayload(row) ?? 'damaged') : null;
    },
  };
}

import { isAt, somePlace } from './is-at.ts';
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { and, eq, sql } from 'drizzle-orm';
import { once } from './once.ts';
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
  const find = once(() =>
    database
      .select()
      .from(snapshots)
      .where(and(isAt(snapshots, somePlace), eq(snapshots.number, sql.placeholder('number'))))
      .prepare(),
  );
  return {
    /** The text of the revision's snapshot; null: it is from before texts were kept. */
    async get(place: Place, number: number): Promise<string | 'damaged' | null> {
      const row = find().get({ apartment: place.apartment, environment: place.environment, number });
      return row ? (unpackPayload(row) ?? 'damaged') : null;
    },
  };
}

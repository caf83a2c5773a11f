import { and, desc, eq } from 'drizzle-orm';
import type { Release } from '#schemas/release.ts';
import type { Database } from './open-database.ts';
import { canonicalJson } from './revision-digest.ts';
import { sha256 } from './snapshot-store.ts';
import { releases } from './tables.ts';

type Row = typeof releases.$inferSelect;

const toRelease = (row: Row): Release => JSON.parse(row.release) as Release;

/** The digest of a release: of what it says, not of who made it and when. */
export const releaseDigest = ({
  apartment,
  version,
  dataset,
  units,
}: Pick<Release, 'apartment' | 'version' | 'dataset' | 'units'>): string =>
  sha256(canonicalJson({ apartment, version, dataset: dataset ?? null, units }));

export type ReleaseStore = ReturnType<typeof createReleaseStore>;

/** The releases of every apartment; written once. */
export function createReleaseStore(database: Database) {
  const find = (apartment: string, version: string): Row | undefined =>
    database
      .select()
      .from(releases)
      .where(and(eq(releases.apartment, apartment), eq(releases.version, version)))
      .get();

  return {
    async get(apartment: string, version: string): Promise<Release | null> {
      const row = find(apartment, version);
      return row ? toRelease(row) : null;
    },

    /** Newest first. */
    async list(apartment: string): Promise<Release[]> {
      return database
        .select()
        .from(releases)
        .where(eq(releases.apartment, apartment))
        .orderBy(desc(releases.createdAt), desc(releases.version))
        .all()
        .map(toRelease);
    },

    /** Writes the release if its version is new; else tells what is there, and whether it says the very same. */
    async insert(release: Release): Promise<{ outcome: 'inserted' | 'same' | 'differs'; stored: Release }> {
      const { apartment, version, digest, created_at: createdAt } = release;
      const { changes } = database
        .insert(releases)
        .values({ apartment, version, digest, release: JSON.stringify(release), createdAt })
        .onConflictDoNothing()
        .run();
      if (changes === 1) return { outcome: 'inserted', stored: release };
      const row = find(apartment, version)!;
      return { outcome: row.digest === digest ? 'same' : 'differs', stored: toRelease(row) };
    },
  };
}

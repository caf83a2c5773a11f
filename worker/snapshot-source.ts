import type { SignedSnapshot } from '#schemas/snapshot.ts';
import { ProblemError } from '#schemas/problem.ts';
import type { EdgePlatform, RequestPlatform } from './platform.ts';
import { type Edition, type SnapshotVerifier, isEdition } from './verify-snapshot.ts';

/** How old what is in memory may be before the store is asked again, in the background. */
export const REFRESH_MS = 1_000;
/** How long a cold request waits for the store before it takes an older copy. */
const COLD_READ_MS = 2_000;
const MAX_UNKNOWN = 1_000;

type Held = { edition: Edition; from: 'store' | 'cache' | 'baked' | 'engine'; checkedAt: number };

export type SnapshotSource = ReturnType<typeof createSnapshotSource>;

/**
 * Keeps the last good edition of every apartment in memory. What is served never waits for a refresh, never goes back to a
 * lower revision, and never disappears because something behind it failed: memory, then store, then cache, then baked.
 */
export function createSnapshotSource(platform: EdgePlatform, verify: SnapshotVerifier) {
  const held = new Map<string, Held>();
  const unknownUntil = new Map<string, number>();
  let lastError: string | undefined;

  function adopt(apartment: string, edition: Edition, from: Held['from']): Edition {
    const current = held.get(apartment);
    if (current && current.edition.revision >= edition.revision) return current.edition;
    held.set(apartment, { edition, from, checkedAt: platform.now() });
    unknownUntil.delete(apartment);
    return edition;
  }

  /** Reads from one place; a failure or a bad snapshot there is noted, not thrown. */
  async function tryFrom(from: Held['from'], apartment: string, read: () => Promise<SignedSnapshot | null>): Promise<Edition | null> {
    try {
      const signed = await read();
      if (!signed) return null;
      const edition = await verify(signed, apartment);
      if (!isEdition(edition)) throw new ProblemError(edition);
      return adopt(apartment, edition, from);
    } catch (error) {
      lastError = `${from}: ${(error as Error).message}`;
      return null;
    }
  }

  async function refresh(apartment: string, after: number): Promise<void> {
    const edition = await tryFrom('store', apartment, () => platform.store.read(apartment, after));
    if (edition) await platform.cache.write(apartment, edition.signed).catch(noted('cache'));
  }

  const noted = (where: string) => (error: unknown) => {
    lastError = `${where}: ${(error as Error).message}`;
  };

  async function readCold(apartment: string): Promise<Edition | null> {
    const tooLate = platform.wait(COLD_READ_MS).then((): never => {
      throw new Error(`no answer in ${COLD_READ_MS} ms`);
    });
    tooLate.catch(() => undefined); // the race may have been won before
    return (
      (await tryFrom('store', apartment, () => Promise.race([platform.store.read(apartment, 0), tooLate]))) ??
      (await tryFrom('cache', apartment, () => platform.cache.read(apartment))) ??
      (await tryFrom('baked', apartment, async () => bakedFor(apartment)))
    );
  }

  const bakedFor = (apartment: string): SignedSnapshot | null =>
    platform.baked.find(({ payload }) => (JSON.parse(payload) as { apartment?: unknown }).apartment === apartment) ?? null;

  return {
    /** The newest good edition that this isolate knows, or null when none ever reached it. */
    async get(apartment: string, { background }: RequestPlatform): Promise<Edition | null> {
      const now = platform.now();
      const there = held.get(apartment);
      if (there) {
        if (Math.abs(now - there.checkedAt) >= REFRESH_MS) {
          there.checkedAt = now;
          background(refresh(apartment, there.edition.revision));
        }
        return there.edition;
      }
      if ((unknownUntil.get(apartment) ?? 0) > now) return null;
      const edition = await readCold(apartment);
      if (!edition) {
        if (unknownUntil.size >= MAX_UNKNOWN) unknownUntil.clear();
        unknownUntil.set(apartment, now + REFRESH_MS);
      }
      return edition;
    },

    /** Takes an edition that the engine pushed, at once; a lower revision than the one in use is left aside. */
    adopt: (apartment: string, edition: Edition): Edition => adopt(apartment, edition, 'engine'),

    report: () => ({
      apartments: Object.fromEntries(
        [...held].map(([name, { edition, from, checkedAt }]) => [
          name,
          { revision: edition.revision, issued_at: edition.program.snapshot.issued_at, from, checked_at: checkedAt },
        ]),
      ),
      last_error: lastError ?? null,
    }),
  };
}

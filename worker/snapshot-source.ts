import { ProblemError } from '#schemas/problem.ts';
import type { SignedSnapshot } from '#schemas/snapshot.ts';
import { messageOf } from './message-of.ts';
import type { EdgePlatform, RequestPlatform } from './platform.ts';
import { type Edition, type SnapshotVerifier, isEdition } from './verify-snapshot.ts';

/** How old what is in memory may be before the store is asked again, in the background. */
export const REFRESH_MS = 1_000;
/** How long a cold request waits for the store, and then for the cache, before it takes an older copy. */
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

  const note = (where: string, error: unknown): void => {
    lastError = `${where}: ${messageOf(error)}`;
  };

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
      note(from, error);
      return null;
    }
  }

  /** Keeps a copy nearby, for isolates that start when the store cannot answer. */
  async function copy(apartment: string, edition: Edition): Promise<void> {
    try {
      await platform.cache.write(apartment, edition.signed);
    } catch (error) {
      note('cache', error);
    }
  }

  async function refresh(apartment: string, after: number): Promise<void> {
    const edition = await tryFrom('store', apartment, () => platform.store.read(apartment, after));
    if (edition) await copy(apartment, edition);
  }

  function inTime<T>(work: () => Promise<T>): Promise<T> {
    const tooLate = platform.wait(COLD_READ_MS).then((): never => {
      throw new Error(`no answer in ${COLD_READ_MS} ms`);
    });
    tooLate.catch(() => undefined); // the race may have been won before
    return Promise.race([work(), tooLate]);
  }

  async function readCold(apartment: string, { background }: RequestPlatform): Promise<Edition | null> {
    const stored = await tryFrom('store', apartment, () => inTime(() => platform.store.read(apartment, 0)));
    if (stored) background(copy(apartment, stored));
    return (
      stored ?? (await tryFrom('cache', apartment, () => inTime(() => platform.cache.read(apartment)))) ?? (await readBaked(apartment))
    );
  }

  /** The newest of what was baked in for the apartment; entries for others, or bad ones, do not stand in its way. */
  async function readBaked(apartment: string): Promise<Edition | null> {
    const editions = await Promise.all(platform.baked.map((signed) => tryFrom('baked', apartment, async () => signed)));
    return editions.findLast((edition) => edition !== null) ? (held.get(apartment)?.edition ?? null) : null;
  }

  return {
    /** The newest good edition that this isolate knows, or null when none ever reached it. */
    async get(apartment: string, here: RequestPlatform): Promise<Edition | null> {
      const now = platform.now();
      const there = held.get(apartment);
      if (there) {
        if (Math.abs(now - there.checkedAt) >= REFRESH_MS) {
          there.checkedAt = now;
          here.background(refresh(apartment, there.edition.revision));
        }
        return there.edition;
      }
      if ((unknownUntil.get(apartment) ?? 0) > now) return null;
      const edition = await readCold(apartment, here);
      if (!edition) {
        if (unknownUntil.size >= MAX_UNKNOWN) unknownUntil.clear();
        unknownUntil.set(apartment, now + REFRESH_MS);
      }
      return edition;
    },

    /** Whether an edition is in memory, so that its revision bounds what may be adopted. */
    holds: (apartment: string): boolean => held.has(apartment),

    /** Uses an edition that the engine pushed, unless a newer one is in use. */
    adopt(apartment: string, edition: Edition, { background }: RequestPlatform): void {
      adopt(apartment, edition, 'engine');
      background(copy(apartment, edition));
    },

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

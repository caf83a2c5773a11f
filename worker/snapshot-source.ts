import { ProblemError } from '#schemas/problem.ts';
import type { SignedSnapshot } from '#schemas/snapshot.ts';
import { messageOf } from './message-of.ts';
import type { EdgePlatform, RequestPlatform } from './platform.ts';
import { type Edition, type SnapshotVerifier, isEdition } from './verify-snapshot.ts';

/** How old what is in memory may be before the store is asked again, in the background. */
export const REFRESH_MS = 1_000;
/** How long a cold request waits for the store, and then for the cache, before it takes an older copy. */
const COLD_READ_MS = 2_000;
/** A cold read that has not ended by then died with the request that made it. */
const COLD_GIVEN_UP_MS = 5_000;
/** Past so many at once they are forgotten, and read again; names of apartments come from anybody. */
const MAX_COLD_READS = 1_000;
/** What nobody asked the store about for so long may be any age: the request that finds it so waits for the store, */
const STALE_MS = 5_000;
/** but no longer than this. */
const STALE_WAIT_MS = 250;
const MAX_UNKNOWN = 1_000;

type Held = {
  edition: Edition;
  from: 'store' | 'cache' | 'baked' | 'engine';
  /** When the store was last asked; a failure counts, so that a store that is down delays nobody who comes often. */
  checkedAt: number;
  /** The refresh that requests wait for, and until when. */
  awaited: { refresh: Promise<void>; until: number } | undefined;
};

export type SnapshotSource = ReturnType<typeof createSnapshotSource>;

/**
 * Keeps the last good edition of every apartment in memory. What is served never goes back to a lower revision, and never
 * disappears because something behind it failed: memory, then store, then cache, then baked. Only an isolate that was idle
 * waits, a moment, for a refresh.
 */
export function createSnapshotSource(platform: EdgePlatform, verify: SnapshotVerifier) {
  const held = new Map<string, Held>();
  const unknownUntil = new Map<string, number>();
  const coldReads = new Map<string, { since: number; edition: Promise<Edition | null> }>();
  let lastError: string | undefined;

  const note = (where: string, error: unknown): void => {
    lastError = `${where}: ${messageOf(error)}`;
  };

  function adopt(apartment: string, edition: Edition, from: Held['from']): Edition {
    const current = held.get(apartment);
    if (current && current.edition.revision >= edition.revision) return current.edition;
    held.set(apartment, { edition, from, checkedAt: platform.now(), awaited: undefined });
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

  function startRefresh(apartment: string, there: Held, { background }: RequestPlatform): void {
    const now = platform.now();
    const age = Math.abs(now - there.checkedAt);
    if (age < REFRESH_MS) return;
    const underWay = refresh(apartment, there.edition.revision);
    there.checkedAt = now;
    if (age >= STALE_MS) there.awaited = { refresh: underWay, until: now + STALE_WAIT_MS };
    background(underWay);
  }

  /** Each request waits by its own clock: the one that asked the store may be cut off, and would never tell. */
  async function getHeld(apartment: string, there: Held, here: RequestPlatform): Promise<Edition> {
    startRefresh(apartment, there, here);
    const { awaited } = there;
    const remaining = awaited ? Math.min(STALE_WAIT_MS, awaited.until - platform.now()) : 0;
    if (awaited && remaining > 0) await Promise.race([awaited.refresh, platform.wait(remaining)]);
    if (there.awaited === awaited) there.awaited = undefined;
    return held.get(apartment)!.edition;
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

  async function learn(apartment: string, here: RequestPlatform): Promise<Edition | null> {
    const edition = await readCold(apartment, here);
    if (!edition) {
      if (unknownUntil.size >= MAX_UNKNOWN) unknownUntil.clear();
      unknownUntil.set(apartment, platform.now() + REFRESH_MS);
    }
    return edition;
  }

  /** One read for all who come to a cold isolate at once; each waits by its own clock, since the one that reads may be cut off. */
  async function getCold(apartment: string, here: RequestPlatform): Promise<Edition | null> {
    const now = platform.now();
    const underWay = coldReads.get(apartment);
    if (underWay && Math.abs(now - underWay.since) < COLD_GIVEN_UP_MS) {
      const givenUp = platform.wait(COLD_GIVEN_UP_MS).then(() => held.get(apartment)?.edition ?? readBaked(apartment));
      return Promise.race([underWay.edition, givenUp]);
    }
    const read = { since: now, edition: learn(apartment, here) };
    if (coldReads.size >= MAX_COLD_READS) coldReads.clear();
    coldReads.set(apartment, read);
    const forget = (): void => {
      if (coldReads.get(apartment) === read) coldReads.delete(apartment);
    };
    here.background(read.edition.then(forget, forget));
    return read.edition;
  }

  /** The newest of what was baked in for the apartment; entries for others, or bad ones, do not stand in its way. */
  async function readBaked(apartment: string): Promise<Edition | null> {
    const editions = await Promise.all(platform.baked.map((signed) => tryFrom('baked', apartment, async () => signed)));
    return editions.findLast((edition) => edition !== null) ? (held.get(apartment)?.edition ?? null) : null;
  }

  return {
    /** The newest good edition that this isolate knows, or null when none ever reached it. */
    async get(apartment: string, here: RequestPlatform): Promise<Edition | null> {
      const there = held.get(apartment);
      if (there) return getHeld(apartment, there, here);
      return (unknownUntil.get(apartment) ?? 0) > platform.now() ? null : getCold(apartment, here);
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

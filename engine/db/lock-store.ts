import { isAt, somePlace } from './is-at.ts';
import { and, eq, gt, lte, or, sql } from 'drizzle-orm';
import type { DeployLock } from '#schemas/where.ts';
import { once } from './once.ts';
import type { Database } from './open-database.ts';
import type { Place } from './revision-store.ts';
import { deployLocks } from './tables.ts';

/** A lock with the id by which its holder is known. */
export type HeldLock = DeployLock & { id: string };

const columns = {
  id: deployLocks.id,
  holder: deployLocks.holder,
  purpose: deployLocks.purpose,
  since: deployLocks.since,
  until: deployLocks.until,
};

export type LockStore = ReturnType<typeof createLockStore>;

/** One lock for each environment. It ends at its time, whatever became of its holder. Times are epoch ms. */
export function createLockStore(database: Database) {
  const find = once(() =>
    database
      .select(columns)
      .from(deployLocks)
      .where(and(isAt(deployLocks, somePlace), gt(deployLocks.until, sql.placeholder('now'))))
      .prepare(),
  );
  const held = ({ apartment, environment }: Place, now: number): HeldLock | null => find().get({ apartment, environment, now }) ?? null;

  return {
    /** The lock that holds at `now`, or null. */
    async held(place: Place, now: number): Promise<HeldLock | null> {
      return held(place, now);
    },

    /** Takes the lock unless somebody else has it, and tells who has it then. The same id takes it again. */
    async take(place: Place, lock: HeldLock): Promise<HeldLock> {
      const values = { apartment: place.apartment, environment: place.environment, ...lock };
      database
        .insert(deployLocks)
        .values(values)
        .onConflictDoUpdate({
          target: [deployLocks.apartment, deployLocks.environment],
          set: lock,
          setWhere: or(lte(deployLocks.until, lock.since), eq(deployLocks.id, lock.id)),
        })
        .run();
      return held(place, lock.since) ?? lock;
    },

    /** Lets go of the lock with this id; without one, of whatever lock there is. False: there was none. */
    async release(place: Place, id?: string): Promise<boolean> {
      const which = id === undefined ? isAt(deployLocks, place) : and(isAt(deployLocks, place), eq(deployLocks.id, id));
      return database.delete(deployLocks).where(which).run().changes > 0;
    },
  };
}

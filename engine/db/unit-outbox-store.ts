import { and, asc, count, eq, isNotNull, isNull, lte, min, sql } from 'drizzle-orm';
import type { Backlog } from '#schemas/api.ts';
import { toBacklog } from './backlog.ts';
import type { Database } from './open-database.ts';
import { unitOutbox, units } from './tables.ts';

export type DueUnit = { apartment: string; name: string; version: string; attempts: number };

export type UnitOutboxStore = ReturnType<typeof createUnitOutboxStore>;

type Key = Omit<DueUnit, 'attempts'>;

const isUnit = ({ apartment, name, version }: Key) =>
  and(eq(unitOutbox.apartment, apartment), eq(unitOutbox.name, name), eq(unitOutbox.version, version));

/** Units that the shadow does not have yet. An entry is made in the transaction of its unit, and done when it is there. */
export function createUnitOutboxStore(database: Database) {
  return {
    async due(now: number, limit: number): Promise<DueUnit[]> {
      const { apartment, name, version, attempts } = unitOutbox;
      return database
        .select({ apartment, name, version, attempts })
        .from(unitOutbox)
        .where(and(isNull(unitOutbox.doneAt), lte(unitOutbox.notBefore, now)))
        .orderBy(asc(unitOutbox.notBefore))
        .limit(limit)
        .all();
    },

    async markWritten(key: Key, now: number): Promise<void> {
      database.update(unitOutbox).set({ doneAt: now, lastError: null }).where(isUnit(key)).run();
    },

    async status(now: number): Promise<Backlog> {
      const waiting = database
        .select({ pending: count(), oldest: min(units.publishedAt), error: sql<string | null>`max(${unitOutbox.lastError})` })
        .from(unitOutbox)
        .leftJoin(
          units,
          and(eq(units.apartment, unitOutbox.apartment), eq(units.name, unitOutbox.name), eq(units.version, unitOutbox.version)),
        )
        .where(isNull(unitOutbox.doneAt))
        .get();
      const written = database.select({ n: count() }).from(unitOutbox).where(isNotNull(unitOutbox.doneAt)).get();
      return toBacklog(waiting, written, now);
    },

    async markFailed(key: Key, error: string, notBefore: number): Promise<void> {
      database
        .update(unitOutbox)
        .set({ attempts: sql`${unitOutbox.attempts} + 1`, notBefore, lastError: error })
        .where(isUnit(key))
        .run();
    },
  };
}

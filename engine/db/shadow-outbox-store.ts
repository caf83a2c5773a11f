import { isAt } from './is-at.ts';
import { and, count, eq, inArray, isNotNull, isNull, lte, min, sql } from 'drizzle-orm';
import type { Backlog } from '#schemas/api.ts';
import { toBacklog } from './backlog.ts';
import type { Database } from './open-database.ts';
import type { Place } from './revision-store.ts';
import { revisions, shadowOutbox } from './tables.ts';

export type ShadowOutboxStore = ReturnType<typeof createShadowOutboxStore>;

/** Revisions that the shadow does not have yet. An entry is made in the transaction of its revision, and done when it is there. */
export function createShadowOutboxStore(database: Database) {
  return {
    /** Places with something due at `now`, each with how often its oldest was tried. */
    async due(now: number): Promise<(Place & { attempts: number })[]> {
      return database
        .select({
          apartment: shadowOutbox.apartment,
          environment: shadowOutbox.environment,
          attempts: sql<number>`max(${shadowOutbox.attempts})`,
        })
        .from(shadowOutbox)
        .where(and(isNull(shadowOutbox.doneAt), lte(shadowOutbox.notBefore, now)))
        .groupBy(shadowOutbox.apartment, shadowOutbox.environment)
        .all();
    },

    /** The lowest numbers that are to be written, due or not: the shadow's chain grows in order. */
    async next(place: Place, limit: number): Promise<number[]> {
      return database
        .select({ revision: shadowOutbox.revision })
        .from(shadowOutbox)
        .where(and(isAt(shadowOutbox, place), isNull(shadowOutbox.doneAt)))
        .orderBy(shadowOutbox.revision)
        .limit(limit)
        .all()
        .map(({ revision }) => revision);
    },

    async markWritten(place: Place, numbers: readonly number[], now: number): Promise<void> {
      database
        .update(shadowOutbox)
        .set({ doneAt: now, lastError: null })
        .where(and(isAt(shadowOutbox, place), inArray(shadowOutbox.revision, [...numbers])))
        .run();
    },

    /** All that waits there goes on waiting until `notBefore`. */
    async markFailed(place: Place, error: string, notBefore: number): Promise<void> {
      database
        .update(shadowOutbox)
        .set({ attempts: sql`${shadowOutbox.attempts} + 1`, notBefore, lastError: error })
        .where(and(isAt(shadowOutbox, place), isNull(shadowOutbox.doneAt)))
        .run();
    },

    async status(now: number): Promise<Backlog> {
      const waiting = database
        .select({ pending: count(), oldest: min(revisions.at), error: sql<string | null>`max(${shadowOutbox.lastError})` })
        .from(shadowOutbox)
        .leftJoin(
          revisions,
          and(
            eq(revisions.apartment, shadowOutbox.apartment),
            eq(revisions.environment, shadowOutbox.environment),
            eq(revisions.number, shadowOutbox.revision),
          ),
        )
        .where(isNull(shadowOutbox.doneAt))
        .get();
      const written = database.select({ n: count() }).from(shadowOutbox).where(isNotNull(shadowOutbox.doneAt)).get();
      return toBacklog(waiting, written, now);
    },
  };
}

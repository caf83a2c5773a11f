import { isAt, somePlace } from './is-at.ts';
import { and, eq, isNull, lt, lte, max, sql } from 'drizzle-orm';
import type { Delivery } from '#schemas/api.ts';
import { once } from './once.ts';
import type { Database } from './open-database.ts';
import type { Place } from './revision-store.ts';
import { deliveries, outbox } from './tables.ts';

export type DueDelivery = Place & { revision: number; attempts: number };

export type OutboxStore = ReturnType<typeof createOutboxStore>;

/** What has been decided but not yet told. */
export function createOutboxStore(database: Database) {
  const due = once(() =>
    database
      .select({
        apartment: outbox.apartment,
        environment: outbox.environment,
        revision: sql<number>`max(${outbox.revision})`,
        attempts: outbox.attempts,
      })
      .from(outbox)
      .where(and(isNull(outbox.doneAt), lte(outbox.notBefore, sql.placeholder('now'))))
      .groupBy(outbox.apartment, outbox.environment)
      .prepare(),
  );
  const revision = sql.placeholder('revision');
  const settle = once(() =>
    database
      .update(outbox)
      .set({ doneAt: sql`${sql.placeholder('now')}`, lastError: null })
      .where(and(isAt(outbox, somePlace), isNull(outbox.doneAt), lte(outbox.revision, revision)))
      .prepare(),
  );
  const noteDelivery = once(() =>
    database
      .insert(deliveries)
      .values({ ...somePlace, revision, at: sql.placeholder('now') })
      .onConflictDoNothing()
      .prepare(),
  );
  const reopen = once(() =>
    database
      .update(outbox)
      .set({ doneAt: null, notBefore: 0 })
      .where(
        and(
          isAt(outbox, somePlace),
          eq(outbox.revision, revision),
          eq(
            outbox.revision,
            database
              .select({ revision: max(outbox.revision) })
              .from(outbox)
              .where(isAt(outbox, somePlace)),
          ),
        ),
      )
      .prepare(),
  );
  const postpone = once(() =>
    database
      .update(outbox)
      .set({
        attempts: sql`${outbox.attempts} + 1`,
        notBefore: sql`${sql.placeholder('notBefore')}`,
        lastError: sql`${sql.placeholder('error')}`,
      })
      .where(and(isAt(outbox, somePlace), isNull(outbox.doneAt), lte(outbox.revision, revision)))
      .prepare(),
  );
  return {
    /** The newest undelivered revision of each place that may be tried at `now`: an older one has nothing left to say. */
    async due(now: number): Promise<DueDelivery[]> {
      return due().all({ now });
    },

    /** The revision, and with it every older one, has been delivered. */
    async markDelivered(place: Place, revision: number, now: number): Promise<void> {
      const values = { apartment: place.apartment, environment: place.environment, revision, now };
      database.transaction(() => {
        settle().run(values);
        noteDelivery().run(values);
      });
    },

    /** The newest revision that every edge had by `at` (epoch ms); null: none is known of. */
    async deliveredBy(place: Place, at: number): Promise<number | null> {
      const row = database
        .select({ revision: max(deliveries.revision) })
        .from(deliveries)
        .where(and(isAt(deliveries, place), lte(deliveries.at, at)))
        .get();
      return row?.revision ?? null;
    },

    /** The revision and every older one wait until `notBefore`; a revision committed meanwhile does not. */
    async markFailed(place: Place, revision: number, error: string, notBefore: number): Promise<void> {
      postpone().run({ apartment: place.apartment, environment: place.environment, revision, error, notBefore });
    },

    async delivery(place: Place): Promise<Delivery> {
      const delivered = database
        .select({ revision: max(outbox.revision) })
        .from(outbox)
        .where(and(isAt(outbox, place), sql`${outbox.doneAt} is not null`))
        .get();
      const waiting = database
        .select({ lastError: outbox.lastError })
        .from(outbox)
        .where(and(isAt(outbox, place), isNull(outbox.doneAt)))
        .all();
      return {
        delivered_revision: delivered?.revision ?? 0,
        pending: waiting.length,
        last_error: waiting.findLast((row) => row.lastError !== null)?.lastError ?? null,
      };
    },

    /** After a recovery: what came before the head is not to be delivered any more. */
    async settleBefore(place: Place, head: number, now: number): Promise<void> {
      database
        .update(outbox)
        .set({ doneAt: now })
        .where(and(isAt(outbox, place), lt(outbox.revision, head)))
        .run();
    },

    /**
     * Asks for a fresh delivery of what is already out, for an edge that lost its store. Nothing is asked of a revision that
     * is not the newest any more: an edge that has a newer one would refuse it for ever.
     */
    async redeliver(place: Place, revision: number): Promise<void> {
      reopen().run({ apartment: place.apartment, environment: place.environment, revision });
    },
  };
}

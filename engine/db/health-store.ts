import { and, eq, gte, inArray, sql } from 'drizzle-orm';
import type { HealthEvent } from '#schemas/beacon.ts';
import type { ArmHealth } from '#schemas/verdict.ts';
import type { Database } from './open-database.ts';
import type { Place } from './revision-store.ts';
import { healthCounters, healthSeen } from './tables.ts';

const MS_PER_MINUTE = 60_000;

const streamOf = ({ apartment, environment }: Place, rollout: string): string => `${apartment}/${environment}/${rollout}`;

type Counts = Omit<typeof healthCounters.$inferSelect, 'stream' | 'step' | 'arm' | 'minute'>;

const none = (): Counts => ({
  exposures: 0,
  visitors: 0,
  loaded: 0,
  loadFailures: 0,
  failedVisitors: 0,
  latencyCount: 0,
  latencySumMs: 0,
  feedbackCount: 0,
  feedbackSum: 0,
});

export type HealthStore = ReturnType<typeof createHealthStore>;

/** Beacon counters by minute. Every count is of visitors, each once per kind, arm and step, so order and repetition do not matter. */
export function createHealthStore(database: Database) {
  const see = database
    .insert(healthSeen)
    .values({
      stream: sql.placeholder('stream'),
      step: sql.placeholder('step'),
      arm: sql.placeholder('arm'),
      visitor: sql.placeholder('visitor'),
      kind: sql.placeholder('kind'),
    })
    .onConflictDoNothing()
    .prepare();

  const columns = Object.keys(none()) as (keyof Counts)[];
  const added = Object.fromEntries(
    columns.map((name) => [name, sql`${healthCounters[name]} + ${sql.raw(`excluded."${healthCounters[name].name}"`)}`]),
  );

  return {
    /** Counts the events, all in one transaction. `at` is used for the minute only and is never taken to be in the future. */
    async record(place: Place, events: readonly HealthEvent[], now: number): Promise<{ counted: number; duplicates: number }> {
      let counted = 0;
      database.transaction(
        (tx) => {
          const totals = new Map<string, { stream: string; step: number; arm: string; minute: number; counts: Counts }>();
          for (const event of events) {
            const stream = streamOf(place, event.rollout);
            const isFirst = (kind: string): boolean =>
              see.run({ stream, step: event.period, arm: event.arm, visitor: event.visitor, kind }).changes === 1;
            if (!isFirst(event.kind)) continue;
            counted++;
            const minute = Math.floor(Math.min(event.at, now) / MS_PER_MINUTE);
            const key = `${stream} ${event.period} ${event.arm} ${minute}`;
            const total = totals.get(key) ?? { stream, step: event.period, arm: event.arm, minute, counts: none() };
            totals.set(key, total);
            add(total.counts, event, isFirst);
          }
          for (const { counts, ...key } of totals.values()) {
            tx.insert(healthCounters)
              .values({ ...key, ...counts })
              .onConflictDoUpdate({
                target: [healthCounters.stream, healthCounters.step, healthCounters.arm, healthCounters.minute],
                set: added,
              })
              .run();
          }
        },
        { behavior: 'immediate' },
      );
      return { counted, duplicates: events.length - counted };
    },

    /** Sums of one period of a rollout, by arm. */
    async ofPeriod(place: Place, rollout: string, period: number): Promise<Map<string, ArmHealth>> {
      const total = (name: keyof Counts) => sql<number>`sum(${healthCounters[name]})`;
      const rows = database
        .select({
          arm: healthCounters.arm,
          exposures: total('exposures'),
          visitors: total('visitors'),
          loaded: total('loaded'),
          load_failures: total('loadFailures'),
          failed_visitors: total('failedVisitors'),
          latency_count: total('latencyCount'),
          latency_sum_ms: total('latencySumMs'),
          feedback_count: total('feedbackCount'),
          feedback_sum: total('feedbackSum'),
        })
        .from(healthCounters)
        .where(and(eq(healthCounters.stream, streamOf(place, rollout)), eq(healthCounters.step, period), gte(healthCounters.minute, 0)))
        .groupBy(healthCounters.arm)
        .all();
      return new Map(
        rows.map(({ arm, ...health }) => [arm, { latency_sum_squares: 0, goals: 0, goal_sum: 0, goal_sum_squares: 0, ...health }]),
      );
    },

    /** Forgets who counted for rollouts that no ticket can speak of any more. The counters stay. */
    async forgetVisitorsExcept(keep: readonly (Place & { rollout: string })[]): Promise<number> {
      const kept = new Set(keep.map((rollout) => streamOf(rollout, rollout.rollout)));
      const streams = database.selectDistinct({ stream: healthSeen.stream }).from(healthSeen).all();
      const gone = streams.map((row) => row.stream).filter((stream) => !kept.has(stream));
      if (gone.length === 0) return 0;
      return database.delete(healthSeen).where(inArray(healthSeen.stream, gone)).run().changes;
    },
  };
}

/** Adds a first sighting. `any` and `failed` count a visitor once over several kinds of events. */
function add(counts: Counts, event: HealthEvent, isFirst: (kind: string) => boolean): void {
  if (event.kind === 'exposure') {
    counts.exposures++;
    return;
  }
  if (isFirst('any')) counts.visitors++;
  switch (event.kind) {
    case 'loaded':
      counts.loaded++;
      break;
    case 'load_failed':
      counts.loadFailures++;
      if (isFirst('failed')) counts.failedVisitors++;
      break;
    case 'error':
      if (isFirst('failed')) counts.failedVisitors++;
      break;
    case 'latency':
      counts.latencyCount++;
      counts.latencySumMs += event.value ?? 0;
      break;
    case 'feedback':
      counts.feedbackCount++;
      counts.feedbackSum += event.value ?? 0;
      break;
  }
}

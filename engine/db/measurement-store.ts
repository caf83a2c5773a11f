import { type SQL, and, desc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import type { MeasuredSubject, Measurement, MetricGrade } from '#schemas/measurement.ts';
import { once } from './once.ts';
import type { Database } from './open-database.ts';
import type { Place } from './revision-store.ts';
import { measurements } from './tables.ts';

type Row = typeof measurements.$inferSelect;

const keyOf = ({ apartment, environment }: Place, { rollout, run, metric, subject }: MeasuredSubject) => ({
  stream: `${apartment}/${environment}/${rollout}`,
  run,
  metric,
  subject,
});

const toMeasurement = (rollout: string, row: Row): Measurement => ({
  rollout,
  run: row.run,
  metric: row.metric,
  subject: row.subject,
  number: row.number,
  at: row.at,
  grade: row.grade as MetricGrade | null,
  value: row.value,
  message: row.message,
  tally: {
    successes: row.successes,
    failures: row.failures,
    inconclusive: row.inconclusive,
    errors: row.errors,
    consecutive_errors: row.consecutiveErrors,
  },
});

const toColumns = ({ at, grade, value, message, tally: { consecutive_errors: consecutiveErrors, ...counts } }: Measured) => ({
  at,
  grade,
  value,
  message,
  ...counts,
  consecutiveErrors,
});
type Measured = Omit<Measurement, keyof MeasuredSubject | 'number'>;

export type MeasurementStore = ReturnType<typeof createMeasurementStore>;

/** Rows of measurements: for each rollout, run, metric and subject, numbered from 1. Each carries the tally of its row. */
export function createMeasurementStore(database: Database) {
  const isOf = (key: ReturnType<typeof keyOf> | Record<keyof ReturnType<typeof keyOf>, SQL>) =>
    and(
      eq(measurements.stream, key.stream),
      eq(measurements.run, key.run),
      eq(measurements.metric, key.metric),
      eq(measurements.subject, key.subject),
    );
  const given = (name: string): SQL => sql`+${sql.placeholder(name)}`; // see createRevisionStore
  const someRow = { stream: given('stream'), run: given('run'), metric: given('metric'), subject: given('subject') };
  const newest = (answered: boolean) =>
    database
      .select()
      .from(measurements)
      .where(and(isOf(someRow), ...(answered ? [isNotNull(measurements.grade)] : [])))
      .orderBy(desc(measurements.number))
      .limit(1)
      .prepare();
  const findLatest = once(() => newest(false));
  const findAnswered = once(() => newest(true));

  return {
    /** The newest of its row, answered or not. */
    async latest(place: Place, subject: MeasuredSubject): Promise<Measurement | undefined> {
      const row = findLatest().get(keyOf(place, subject));
      return row && toMeasurement(subject.rollout, row);
    },

    /** The newest of its row that has been answered. */
    async latestAnswered(place: Place, subject: MeasuredSubject): Promise<Measurement | undefined> {
      const row = findAnswered().get(keyOf(place, subject));
      return row && toMeasurement(subject.rollout, row);
    },

    /** Takes this number of its row for whoever will ask the source. False: somebody else has it. */
    async claim(place: Place, measurement: Measurement): Promise<boolean> {
      const row = { ...keyOf(place, measurement), number: measurement.number, ...toColumns(measurement) };
      return database.insert(measurements).values(row).onConflictDoNothing().run().changes === 1;
    },

    /** Writes down what a claimed one came to. False: that was done already. */
    async answer(place: Place, measurement: Measurement): Promise<boolean> {
      const { at: _, ...columns } = toColumns(measurement);
      const { changes } = database
        .update(measurements)
        .set(columns)
        .where(and(isOf(keyOf(place, measurement)), eq(measurements.number, measurement.number), isNull(measurements.grade)))
        .run();
      return changes === 1;
    },

    /** Gives a claimed one back that will not be asked for. */
    async release(place: Place, measurement: Measurement): Promise<void> {
      database
        .delete(measurements)
        .where(and(isOf(keyOf(place, measurement)), eq(measurements.number, measurement.number), isNull(measurements.grade)))
        .run();
    },

    /** Every measurement of a row, oldest first. */
    async list(place: Place, subject: MeasuredSubject): Promise<Measurement[]> {
      const rows = database
        .select()
        .from(measurements)
        .where(isOf(keyOf(place, subject)))
        .orderBy(measurements.number)
        .all();
      return rows.map((row) => toMeasurement(subject.rollout, row));
    },

    /** Forgets what was asked before `at`; tallies of newer measurements keep counting it. */
    async forgetBefore(at: number): Promise<number> {
      return database.delete(measurements).where(lt(measurements.at, at)).run().changes;
    },
  };
}

import type { HealthDelta } from '#schemas/health.ts';
import type { Database } from '../open-database.ts';
import { type Sketches, addPacked, addSketches, packSketches, unpackSketches } from './sketches.ts';

const HOUR = 60;
const DAY = 24 * HOUR;

/** Charts are by the minute for 48 hours, then by the hour for 30 days, then by the day. In minutes. */
const WIDTHS = [
  { width: 1, into: HOUR, after: 2 * DAY },
  { width: HOUR, into: DAY, after: 30 * DAY },
] as const;

const COUNTS = [
  'exposures',
  'visitors',
  'loaded',
  'load_failures',
  'failed_visitors',
  'latency_count',
  'latency_sum_ms',
  'feedback_count',
  'feedback_sum',
  'goals',
  'goal_sum',
] as const;
type Counts = Record<(typeof COUNTS)[number], number>;

/** What was counted of an arm from minute `at` (since 1970) on, in `width` minutes. */
export type HealthPoint = Counts & { arm: string; at: number; width: number; sketches: Sketches };
type Row = Omit<HealthPoint, 'sketches'> & { sketches: Buffer | null };
type Sum = { at: number; arm: string; counts: number[]; sketches: Sketches[] };

const COLUMNS = `stream, width, at, arm, ${COUNTS.join(', ')}, sketches`;
const ADDED = [
  ...COUNTS.map((name) => `${name} = ${name} + excluded.${name}`),
  'sketches = merge_sketches(sketches, excluded.sketches)',
].join(', ');

/** Counts by the minute, for charts; the older, the coarser. */
export function createMinuteStore({ $client: client }: Database) {
  client.function('merge_sketches', { deterministic: true }, (a: unknown, b: unknown) =>
    a === null || b === null ? (a ?? b) : addPacked(a as Buffer, b as Buffer),
  );
  client.aggregate<Buffer[]>('sum_sketches', {
    start: () => [],
    step: (all, packed) => {
      if (packed !== null) all.push(packed as Buffer);
    },
    result: (all) => packSketches(addSketches(...all.map(unpackSketches))),
  });
  const add = client.prepare(
    `insert into health_minutes (${COLUMNS})
     values (?, 1, ?, ?, ${COUNTS.map(() => '?').join(', ')}, ?) on conflict do update set ${ADDED}`,
  );
  const read = client.prepare<[number, number], Row>(
    `select arm, at, width, ${COUNTS.join(', ')}, sketches from health_minutes where stream = ? and at + width > ? order by at, arm`,
  );
  // Numbers are bound as reals, which divide otherwise than integers do.
  const thin = client.prepare(
    `insert into health_minutes (${COLUMNS})
     select stream, @into, at - at % cast(@into as integer), arm, ${COUNTS.map((name) => `sum(${name})`).join(', ')}, sum_sketches(sketches)
     from health_minutes where width = @width and at < @before group by stream, at - at % cast(@into as integer), arm
     on conflict do update set ${ADDED}`,
  );
  const forgetThinned = client.prepare('delete from health_minutes where width = @width and at < @before');
  const newest = client.prepare<[number], number | null>('select max(at + width) from health_minutes where stream = ?').pluck();
  const forget = client.prepare('delete from health_minutes where stream = ?');

  return {
    add(stream: number, deltas: readonly HealthDelta[]): void {
      const sums = new Map<string, Sum>();
      for (const { segment, minute, arm, health, values } of deltas) {
        if (segment !== '') continue;
        const key = `${minute} ${arm}`;
        let sum = sums.get(key);
        if (!sum) sums.set(key, (sum = { at: minute, arm, counts: COUNTS.map(() => 0), sketches: [] }));
        sum.sketches.push(values);
        for (let index = 0; index < COUNTS.length; index++) sum.counts[index]! += health[COUNTS[index]!] ?? 0;
      }
      for (const { at, arm, counts, sketches } of sums.values()) {
        const packed = packSketches(addSketches(...sketches));
        if (packed !== null || counts.some((count) => count !== 0)) add.run(stream, at, arm, counts, packed);
      }
    },

    /** Points that end after the minute `from`, in the order of their time. */
    read: (stream: number, from: number): HealthPoint[] =>
      read.all(stream, from).map((row) => ({ ...row, sketches: unpackSketches(row.sketches) })),

    /** Makes points of age coarser: sums stay, however often it runs. */
    thinOut(minute: number): void {
      for (const { width, into, after } of WIDTHS) {
        const rows = { width, into, before: Math.floor((minute - after) / into) * into };
        thin.run(rows);
        forgetThinned.run({ width, before: rows.before });
      }
    },

    /** The minute after the newest point, 0: there is none. */
    newest: (stream: number): number => newest.get(stream) ?? 0,
    forget: (stream: number): void => void forget.run(stream),
  };
}

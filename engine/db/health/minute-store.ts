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

/** What was counted of an arm in a minute that may not be over: it waits beside the rollout's state, where adding to it costs least. */
export type WaitingPoint = { at: number; arm: string; counts: number[]; sketches: Sketches };

/** How many of the newest minutes wait: reports of the one before the newest are still coming in. */
const WAITING_MINUTES = 2;

/** Adds what deltas counted to the points that wait, and tells which of them wait no longer. Nothing that is handed in is changed. */
export function gatherPoints(
  was: readonly WaitingPoint[],
  deltas: readonly HealthDelta[],
): { waiting: WaitingPoint[]; over: WaitingPoint[] } {
  const points = was.map((point) => ({ ...point }));
  const isOwn = new Set<WaitingPoint>();
  for (const { segment, minute, arm, health, values } of deltas) {
    if (segment !== '') continue;
    let point = points.find((one) => one.at === minute && one.arm === arm);
    if (!point) points.push((point = { at: minute, arm, counts: COUNTS.map(() => 0), sketches: {} }));
    else if (!isOwn.has(point)) point.counts = [...point.counts];
    isOwn.add(point);
    for (let index = 0; index < COUNTS.length; index++) point.counts[index]! += health[COUNTS[index]!] ?? 0;
    point.sketches = addSketches(point.sketches, values);
  }
  const newest = points.reduce((last, { at }) => Math.max(last, at), 0);
  const waits = ({ at }: WaitingPoint): boolean => at > newest - WAITING_MINUTES;
  return { waiting: points.filter(waits), over: points.filter((point) => !waits(point)) };
}

const toPoint = ({ at, arm, counts, sketches }: WaitingPoint): HealthPoint => ({
  at,
  arm,
  width: 1,
  ...(Object.fromEntries(COUNTS.map((name, index) => [name, counts[index]!])) as Counts),
  sketches,
});

function sumOf(a: HealthPoint, b: HealthPoint): HealthPoint {
  const counts = Object.fromEntries(COUNTS.map((name) => [name, a[name] + b[name]])) as Counts;
  return { ...a, ...counts, sketches: addSketches(a.sketches, b.sketches) };
}

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
    add(stream: number, points: readonly WaitingPoint[]): void {
      for (const { at, arm, counts, sketches } of points) {
        const packed = packSketches(sketches);
        if (packed !== null || counts.some((count) => count !== 0)) add.run(stream, at, arm, counts, packed);
      }
    },

    /** Points that end after the minute `from`, those that wait among them, in the order of their time. */
    read(stream: number, from: number, waiting: readonly WaitingPoint[]): HealthPoint[] {
      const points = read.all(stream, from).map((row): HealthPoint => ({ ...row, sketches: unpackSketches(row.sketches) }));
      for (const point of waiting) {
        if (point.at + 1 <= from) continue;
        const there = points.findIndex(({ at, arm, width }) => at === point.at && arm === point.arm && width === 1);
        if (there < 0) points.push(toPoint(point));
        else points[there] = sumOf(points[there]!, toPoint(point));
      }
      return points.toSorted((a, b) => a.at - b.at || (a.arm < b.arm ? -1 : a.arm > b.arm ? 1 : 0));
    },

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

import type { HealthState } from '#schemas/health.ts';
import type { Database } from '../open-database.ts';
import { DeltaSums, type PackedSum } from './delta-sums.ts';
import type { WaitingPoint } from './minute-store.ts';

/** More deltas than these wait for the next fold, so that one after a long sleep does not hold everything up. */
const MAX_ROWS = 50_000;

type DeltaRow = [id: number, stream: number, deltas: string];
/** A state, and the points of charts that wait beside it; as they are written, too. */
type Entry = { version: number; text: string; state: HealthState; pointsText: string; points: readonly WaitingPoint[] };
type StateRow = { version: number; state: string; points: string };

/** What waits of a stream, and the number of its newest row. */
export type Waiting = { sums: DeltaSums; through: number };

function sumUp(rows: Iterable<DeltaRow>): Map<number, Waiting> {
  const streams = new Map<number, Waiting>();
  for (const [id, stream, deltas] of rows) addTo(streams, id, stream, JSON.parse(deltas) as PackedSum[]);
  return streams;
}

function addTo(streams: Map<number, Waiting>, id: number, stream: number, packed: readonly PackedSum[]): void {
  let waiting = streams.get(stream);
  if (!waiting) streams.set(stream, (waiting = { sums: new DeltaSums(), through: id }));
  for (const sum of packed) waiting.sums.add(sum);
  waiting.through = id;
}

const entryFrom = ({ version, state, points }: StateRow): Entry => ({
  version,
  text: state,
  state: JSON.parse(state) as HealthState,
  pointsText: points,
  points: JSON.parse(points) as WaitingPoint[],
});
const NO_POINTS: readonly WaitingPoint[] = [];

export type FoldStore = ReturnType<typeof createFoldStore>;

/** Deltas that wait to be folded, and what they are folded into. What it remembers is true until {@link forgetAll} is called. */
export function createFoldStore({ $client: client }: Database) {
  const states = new Map<number, Entry>();
  /** Known before all was forgotten: most are still the same texts, which need not be parsed again. */
  const forgotten = new Map<number, Entry>();
  /** All that waits, summed up as it comes, so that folds need not read it; undefined: that must be read. */
  let waiting: Map<number, Waiting> | undefined;

  const append = client.prepare('insert into health_deltas (stream, deltas) values (?, ?)');
  const pending = client.prepare<[], DeltaRow>(`select id, stream, deltas from health_deltas order by id limit ${MAX_ROWS}`).raw();
  // `= +?`: see createRevisionStore.
  const pendingOf = client.prepare<[number], DeltaRow>('select id, stream, deltas from health_deltas where stream = +? order by id').raw();
  const count = client.prepare<[], number>('select count(*) from health_deltas').pluck();
  const clearAll = client.prepare('delete from health_deltas'); // SQLite only frees pages, a tenth of the time
  const clearThrough = client.prepare('delete from health_deltas where id <= ?');
  const clearOf = client.prepare('delete from health_deltas where id <= ? and stream = ?');
  const read = client.prepare<[number], StateRow>('select version, state, points from health_states where stream = ?');
  const readAll = client.prepare<[], StateRow & { stream: number }>('select stream, version, state, points from health_states');
  const write = client.prepare(
    `insert into health_states (stream, version, state, points) values (@stream, @version, @state, @points)
     on conflict do update set version = excluded.version, state = excluded.state, points = excluded.points
     where version = excluded.version - 1`,
  );
  const forget = client.prepare('delete from health_states where stream = ?');
  const streamsWithPoints = client.prepare<[], number>("select stream from health_states where points <> '[]'").pluck();

  function remember(stream: number, row: StateRow): Entry {
    const was = forgotten.get(stream);
    forgotten.delete(stream);
    const isSame = was?.text === row.state && was.pointsText === row.points;
    const entry = isSame ? { ...was, version: row.version } : entryFrom(row);
    states.set(stream, entry);
    return entry;
  }

  function entryOf(stream: number): Entry | undefined {
    const known = states.get(stream);
    if (known) return known;
    const row = read.get(stream);
    return row && remember(stream, row);
  }

  return {
    /** What one batch added to one stream. */
    append(stream: number, sums: DeltaSums): void {
      const packed = sums.pack();
      const through = Number(append.run(stream, JSON.stringify(packed)).lastInsertRowid);
      if (waiting) addTo(waiting, through, stream, packed);
    },

    /** What waits, by stream: at most as much as one fold should take. */
    pending(): { through: number; streams: Map<number, Waiting> } {
      const streams = waiting ?? sumUp(pending.all());
      return { streams, through: [...streams.values()].reduce((last, { through }) => Math.max(last, through), 0) };
    },

    pendingOf: (stream: number): Waiting | undefined => (waiting ?? sumUp(pendingOf.all(stream))).get(stream),

    /** Reads every state that is not known with one query. */
    loadAll(): void {
      if (states.size > 0) return;
      for (const row of readAll.all()) remember(row.stream, row);
      forgotten.clear();
    },

    state: (stream: number): HealthState | null => entryOf(stream)?.state ?? null,

    /** Points of charts that wait. */
    points: (stream: number): readonly WaitingPoint[] => entryOf(stream)?.points ?? NO_POINTS,

    /** Every stream with points that wait. */
    withPoints: (): number[] => streamsWithPoints.all(),

    /** Throws when somebody else wrote meanwhile, which a transaction that began with {@link forgetAll} rules out. */
    save(stream: number, state: HealthState, points: readonly WaitingPoint[]): void {
      const before = entryOf(stream);
      const text = before?.state === state ? before.text : JSON.stringify(state);
      const pointsText = before?.points === points ? before.pointsText : JSON.stringify(points);
      if (before?.text === text && before.pointsText === pointsText) return;
      const version = (before?.version ?? 0) + 1;
      if (write.run({ stream, version, state: text, points: pointsText }).changes !== 1) {
        throw new Error(`the health of stream ${stream} was folded by somebody else`);
      }
      states.set(stream, { version, text, state, pointsText, points });
    },

    /** What was taken goes; that of the streams in `keep` stays for another time. */
    clear(through: number, streams: Iterable<number>, keep: ReadonlySet<number>): void {
      const isAll = waiting !== undefined;
      waiting = undefined;
      if (keep.size === 0 && isAll) clearAll.run();
      else if (keep.size === 0) clearThrough.run(through);
      else for (const stream of streams) if (!keep.has(stream)) clearOf.run(through, stream);
      if (count.get() === 0) waiting = new Map();
    },

    forget(stream: number): void {
      forget.run(stream);
      states.delete(stream);
      forgotten.delete(stream);
    },
    forgetAll(): void {
      for (const [stream, entry] of states) forgotten.set(stream, entry);
      states.clear();
      waiting = undefined;
    },
  };
}

import type { HealthDelta, HealthState } from '#schemas/health.ts';
import type { Database } from '../open-database.ts';

/** More deltas than these wait for the next fold, so that one after a long sleep does not hold everything up. */
const MAX_ROWS = 50_000;

type DeltaRow = { id: number; stream: number; deltas: string };
/** A delta with the number of the row that it came in. */
export type NumberedDelta = HealthDelta & { id: number };
type Entry = { version: number; text: string; state: HealthState };

const numbered = ({ id, deltas }: DeltaRow): NumberedDelta[] => (JSON.parse(deltas) as HealthDelta[]).map((delta) => ({ ...delta, id }));

const entryFrom = ({ version, state }: { version: number; state: string }): Entry => ({ version, text: state, state: JSON.parse(state) });

export type FoldStore = ReturnType<typeof createFoldStore>;

/** Deltas that wait to be folded, and what they are folded into. What it remembers is true until {@link forgetAll} is called. */
export function createFoldStore({ $client: client }: Database) {
  const states = new Map<number, Entry>();

  const append = client.prepare('insert into health_deltas (stream, deltas) values (?, ?)');
  const pending = client.prepare<[], DeltaRow>(`select id, stream, deltas from health_deltas order by id limit ${MAX_ROWS}`);
  const pendingOf = client.prepare<[number], DeltaRow>('select id, stream, deltas from health_deltas where stream = ? order by id');
  const clearThrough = client.prepare('delete from health_deltas where id <= ?');
  const clearOf = client.prepare('delete from health_deltas where id <= ? and stream = ?');
  const read = client.prepare<[number], { version: number; state: string }>('select version, state from health_states where stream = ?');
  const readAll = client.prepare<[], { stream: number; version: number; state: string }>('select * from health_states');
  const write = client.prepare(
    `insert into health_states values (@stream, @version, @state)
     on conflict do update set version = excluded.version, state = excluded.state where version = excluded.version - 1`,
  );
  const forget = client.prepare('delete from health_states where stream = ?');

  function entryOf(stream: number): Entry | undefined {
    const known = states.get(stream);
    if (known) return known;
    const row = read.get(stream);
    if (!row) return undefined;
    const entry = entryFrom(row);
    states.set(stream, entry);
    return entry;
  }

  return {
    /** Rows of one stream and batch. */
    append: (stream: number, deltas: readonly HealthDelta[]): void => void append.run(stream, JSON.stringify(deltas)),

    /** What waits, by stream: at most as much as one fold should take. */
    pending(): { through: number; streams: Map<number, NumberedDelta[]> } {
      const streams = new Map<number, NumberedDelta[]>();
      let through = 0;
      for (const row of pending.all()) {
        const there = streams.get(row.stream) ?? [];
        there.push(...numbered(row));
        streams.set(row.stream, there);
        through = row.id;
      }
      return { through, streams };
    },

    pendingOf: (stream: number): NumberedDelta[] => pendingOf.all(stream).flatMap(numbered),

    /** Reads every state that is not known with one query. */
    loadAll(): void {
      if (states.size > 0) return;
      for (const row of readAll.all()) states.set(row.stream, entryFrom(row));
    },

    state: (stream: number): HealthState | null => entryOf(stream)?.state ?? null,

    /** Throws when somebody else wrote meanwhile, which a transaction that began with {@link forgetAll} rules out. */
    save(stream: number, state: HealthState): void {
      const before = entryOf(stream);
      const text = JSON.stringify(state);
      if (before?.text === text) return;
      const version = (before?.version ?? 0) + 1;
      if (write.run({ stream, version, state: text }).changes !== 1) {
        throw new Error(`the health of stream ${stream} was folded by somebody else`);
      }
      states.set(stream, { version, text, state });
    },

    /** What was taken goes; that of the streams in `keep` stays for another time. */
    clear(through: number, streams: Iterable<number>, keep: ReadonlySet<number>): void {
      if (keep.size === 0) clearThrough.run(through);
      else for (const stream of streams) if (!keep.has(stream)) clearOf.run(through, stream);
    },

    forget(stream: number): void {
      forget.run(stream);
      states.delete(stream);
    },
    forgetAll: (): void => states.clear(),
  };
}

import type { NetworkSpread } from '#schemas/health.ts';
import type { Database } from '../open-database.ts';
import { type Mark, newMark } from './mark.ts';
import { createNetworkStore } from './network-store.ts';
import type { NetworkCount } from './network-store.ts';

/** Marks that wait before they are merged: about 10 MB, and half as long a pause as a tick may take. */
const MAX_WAITING = 25_000;

type Marks = Map<number, Map<string, Mark>>;
type PackedMark = [stream: number, visitor: string, first: number, flags: number, seen: number[]];
type LogRow = { id: number; marks: string; networks: string };

export type MarkStore = ReturnType<typeof createMarkStore>;

/**
 * Marks of visitors. Visitors come in no order, so that writing each mark to its place would dirty a page of the table for
 * every event, a hundred times of what was learned. So a batch's marks are first appended to a log, in one row, and kept in
 * memory; when there are many they are merged into the table in the order of its keys. What is in memory is only ever what
 * the log or the table has as well; {@link catchUp} makes it so after somebody else wrote. All but `spread` belongs into a
 * transaction, and after one that failed everything must be forgotten.
 */
export function createMarkStore(database: Database) {
  const { $client: client } = database;
  const networks = createNetworkStore(database);
  /** In the log, and not in the table yet. */
  let waiting: Marks = new Map();
  let size = 0;
  /** Merged a while ago, kept as a cache. */
  let merged: Marks = new Map();
  /** The newest row of the log that is known; −1: nothing is. */
  let known = -1;

  const read = client.prepare<[number, string], [number, number, string]>(
    'select first, flags, seen from health_marks where stream = ? and visitor = ?',
  );
  read.raw();
  const append = client.prepare('insert into health_mark_log (marks, networks) values (?, ?)');
  const newest = client.prepare<[], number>("select seq from sqlite_sequence where name = 'health_mark_log'").pluck();
  const readLog = client.prepare<[number], LogRow>('select id, marks, networks from health_mark_log where id > ? order by id');
  const clearLog = client.prepare('delete from health_mark_log');
  const upsert = client.prepare(
    `insert into health_marks values (?, ?, ?, ?, ?)
     on conflict do update set first = excluded.first, flags = excluded.flags, seen = excluded.seen`,
  );
  const forget = client.prepare(
    'delete from health_marks where stream = ? and visitor in (select visitor from health_marks where stream = ? limit ?)',
  );

  function put(stream: number, visitor: string, mark: Mark): void {
    let ofStream = waiting.get(stream);
    if (!ofStream) waiting.set(stream, (ofStream = new Map()));
    if (!ofStream.has(visitor)) size++;
    ofStream.set(visitor, mark);
  }

  function forgetAll(): void {
    waiting = new Map();
    merged = new Map();
    networks.forgetAll();
    size = 0;
    known = -1;
  }

  function catchUp(): void {
    const last = newest.get() ?? 0;
    if (known >= 0 && last === known) return;
    let rows = readLog.all(Math.max(0, known));
    // Rows that were merged before they were seen here may have changed anything.
    if (known < 0 || rows.length !== last - known) {
      forgetAll();
      rows = readLog.all(0);
    }
    for (const row of rows) {
      for (const [stream, visitor, first, flags, seen] of JSON.parse(row.marks) as PackedMark[]) {
        merged.get(stream)?.delete(visitor);
        put(stream, visitor, { first, flags, seen });
      }
      networks.add(JSON.parse(row.networks) as NetworkCount[]);
    }
    known = last;
  }

  function merge(): void {
    for (const stream of [...waiting.keys()].toSorted((a, b) => a - b)) {
      const marks = waiting.get(stream)!;
      for (const visitor of [...marks.keys()].toSorted()) {
        const { first, flags, seen } = marks.get(visitor)!;
        upsert.run(stream, visitor, first, flags, seen.join(' '));
      }
    }
    networks.merge();
    clearLog.run();
    merged = waiting;
    waiting = new Map();
    size = 0;
  }

  return {
    /** The visitor's mark, to be changed; `append` what was changed. */
    find(stream: number, visitor: string): Mark {
      const there = waiting.get(stream)?.get(visitor) ?? merged.get(stream)?.get(visitor);
      if (there) return there;
      const row = read.get(stream, visitor);
      return row ? { first: row[0], flags: row[1], seen: row[2].split(' ').map(Number) } : newMark();
    },

    append(changed: readonly (readonly [stream: number, marks: ReadonlyMap<string, Mark>])[], counts: readonly NetworkCount[]): void {
      const packed: PackedMark[] = [];
      for (const [stream, marks] of changed) {
        for (const [visitor, mark] of marks) {
          put(stream, visitor, mark);
          packed.push([stream, visitor, mark.first, mark.flags, mark.seen]);
        }
      }
      networks.add(counts);
      known = Number(append.run(JSON.stringify(packed), JSON.stringify(counts)).lastInsertRowid);
      if (size >= MAX_WAITING) merge();
    },

    catchUp,
    merge,
    forgetAll,

    /** Forgets up to `limit` marks of the stream and says how many; all of what waits must have been merged. */
    forget(stream: number, limit: number): number {
      merged.delete(stream);
      const gone = forget.run(stream, stream, limit).changes;
      if (gone < limit) networks.forget(stream);
      return gone;
    },

    spread: (stream: number, arm: number): NetworkSpread => networks.spread(stream, arm),
  };
}

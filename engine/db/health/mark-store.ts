import type { NetworkSpread } from '#schemas/health.ts';
import type { Database } from '../open-database.ts';
import { type Mark, markOf } from './mark.ts';
import { createMarkFilter } from './mark-filter.ts';
import { type PackedMarks, packMarks, unpackMarks } from './pack-marks.ts';
import { type NetworkCount, createNetworkStore } from './network-store.ts';
import { upsertRows } from './upsert-rows.ts';

/**
 * Marks that wait before a merge begins; with those of the merge before, 500,000 are in memory at most: about 125 MB. It is
 * what 10,000 visitors a second leave in the half minute in which they report, so that most marks are merged once.
 */
const MAX_WAITING = 250_000;
/** For each mark that a batch appends so many are merged, so that a merge is over long before the next one begins. */
const MERGED_FOR_EACH = 2;

type Marks = Map<number, Map<string, Mark>>;
type LogRow = { id: number; marks: string; networks: string };
type MarkRow = [visitor: string, first: number, flags: number, seen: string];

export type MarkStore = ReturnType<typeof createMarkStore>;

/**
 * Marks of visitors. Visitors come in no order, so that writing each mark to its place would dirty a page of the table for
 * every event, a hundred times of what was learned. So a batch's marks are first appended to a log, in one row, and kept in
 * memory; when there are many they are merged into the table in the order of its keys, a few with every batch. What is in
 * memory is only ever what the log or the table has as well; `catchUp` makes it so after somebody else wrote. All but
 * `spreads` belongs into a transaction, and after one that failed everything must be forgotten.
 */
export function createMarkStore(database: Database, maxWaiting = MAX_WAITING) {
  const { $client: client } = database;
  const networks = createNetworkStore(database);
  const inTable = createMarkFilter(database);
  /** In the log alone. */
  let waiting: Marks = new Map();
  let size = 0;
  let generation = 1;
  let batch = 0;
  /** Being merged, or merged a while ago: then it is a cache. */
  let settling: Marks = new Map();
  let toMerge: Iterator<[stream: number, visitor: string, mark: Mark]> | undefined;
  /** The newest row of the log that is known, and those of its rows up to which all was merged, or will be by this merge. −1: nothing is known. */
  let known = -1;
  let cleared = 0;
  let clearing = 0;

  const readLog = client.prepare<[number], LogRow>('select id, marks, networks from health_mark_log where id > ? order by id');
  const newest = client.prepare<[], number>("select seq from sqlite_sequence where name = 'health_mark_log'").pluck();
  const oldest = client.prepare<[], number | null>('select min(id) from health_mark_log').pluck();
  const append = client.prepare('insert into health_mark_log (marks, networks) values (?, ?)');
  const clearLog = client.prepare('delete from health_mark_log where id <= ?');
  const read = client
    .prepare<[number, string], MarkRow>(
      'select visitor, first, flags, seen from health_marks where stream = ? and visitor in (select value from json_each(?))',
    )
    .raw();
  const rows = upsertRows(
    database,
    'health_marks',
    5,
    'on conflict do update set first = excluded.first, flags = excluded.flags, seen = excluded.seen',
  );
  const forget = client.prepare(
    'delete from health_marks where stream = ? and visitor in (select visitor from health_marks where stream = ? limit ?)',
  );

  function forgetAll(): void {
    waiting = new Map();
    settling = new Map();
    toMerge = undefined;
    networks.forgetAll();
    inTable.forgetAll();
    rows.forget();
    size = 0;
    known = -1;
  }

  function catchUp(): void {
    inTable.forgetAll();
    const last = newest.get() ?? 0;
    const first = oldest.get() ?? last + 1;
    let entries = known < 0 ? [] : readLog.all(known);
    // Rows that somebody else merged are in the table now: of those that were seen, networks would count twice.
    if (known < 0 || first !== cleared + 1 || entries.length !== last - known) {
      forgetAll();
      cleared = first - 1;
      entries = readLog.all(0);
    }
    for (const row of entries) {
      for (const [stream, packed] of JSON.parse(row.marks) as PackedMarks) {
        for (const [visitor, mark] of unpackMarks(packed)) put(stream, visitor, mark);
      }
      networks.add(JSON.parse(row.networks) as NetworkCount[]);
    }
    known = last;
  }

  function put(stream: number, visitor: string, mark: Mark): void {
    let ofStream = waiting.get(stream);
    if (!ofStream) waiting.set(stream, (ofStream = new Map()));
    const before = ofStream.size;
    ofStream.set(visitor, mark);
    size += ofStream.size - before;
    mark.generation = generation;
  }

  function beginMerge(): void {
    settling = waiting;
    toMerge = inOrder(settling);
    networks.settle();
    clearing = known;
    waiting = new Map();
    size = 0;
    generation++;
  }

  /** Merges so many marks; at the end their rows of the log go, and the networks that these tell of come into the table. */
  function merge(count: number): void {
    if (!toMerge) return;
    for (let merged = 0; merged < count; merged++) {
      const next = toMerge.next();
      if (next.done) {
        toMerge = undefined;
        break;
      }
      const [stream, visitor, mark] = next.value;
      if (!settling.has(stream)) continue; // forgotten meanwhile
      // Another engine may have told more of the visitor since, and may have merged that already.
      const { first, flags, seen } = waiting.get(stream)?.get(visitor) ?? mark;
      rows.write(stream, visitor, first, flags, seen.length === 1 ? String(seen[0]) : seen.join(' '));
      inTable.add(stream, visitor);
    }
    rows.flush();
    if (toMerge) return;
    networks.merge();
    clearLog.run(clearing);
    cleared = clearing;
  }

  /** The mark of every one of these visitors, in their order: in memory, in the table, or new. */
  function findAll(visits: readonly { stream: number; visitor: string }[]): Mark[] {
    const unknown = new Map<number, Map<string, Mark>>();
    const sought = new Map<number, string[]>();
    const marks: Mark[] = [];
    for (const { stream, visitor } of visits) {
      let mark = waiting.get(stream)?.get(visitor) ?? settling.get(stream)?.get(visitor);
      if (!mark) {
        let ofStream = unknown.get(stream);
        if (!ofStream) unknown.set(stream, (ofStream = new Map()));
        mark = ofStream.get(visitor);
        if (!mark) {
          ofStream.set(visitor, (mark = markOf()));
          if (inTable.mayHold(stream, visitor)) addTo(sought, stream, visitor);
        }
      }
      marks.push(mark);
    }
    for (const [stream, visitors] of sought) {
      const ofStream = unknown.get(stream)!;
      for (const [visitor, first, flags, seen] of read.all(stream, JSON.stringify(visitors))) {
        Object.assign(ofStream.get(visitor)!, { first, flags, seen: seen.split(' ').map(Number) });
      }
    }
    return marks;
  }

  return {
    catchUp,
    forgetAll,
    findAll,

    /** Gathers what a batch changes. */
    beginBatch() {
      batch++;
      let count = 0;
      const changed = new Map<number, { visitors: string[]; marks: Mark[] }>();
      return {
        changed(stream: number, visitor: string, mark: Mark): void {
          if (mark.batch === batch) return;
          mark.batch = batch;
          count++;
          if (mark.generation !== generation) put(stream, visitor, mark);
          let ofStream = changed.get(stream);
          if (!ofStream) changed.set(stream, (ofStream = { visitors: [], marks: [] }));
          ofStream.visitors.push(visitor);
          ofStream.marks.push(mark);
        },
        append(counts: readonly NetworkCount[]): void {
          if (count === 0) return;
          const packed = Array.from(changed, ([stream, { visitors, marks }]) => [stream, packMarks(visitors, marks)]);
          networks.add(counts);
          known = Number(append.run(JSON.stringify(packed), JSON.stringify(counts)).lastInsertRowid);
          if (size >= maxWaiting && !toMerge) beginMerge();
          merge(MERGED_FOR_EACH * count);
        },
      };
    },

    mergeAll(): void {
      merge(Number.POSITIVE_INFINITY);
      if (size > 0) beginMerge();
      merge(Number.POSITIVE_INFINITY);
    },

    /** Forgets up to `limit` marks of the stream and says how many; all that waits must have been merged. */
    forget(stream: number, limit: number): number {
      settling.delete(stream);
      const gone = forget.run(stream, stream, limit).changes;
      if (gone < limit) networks.forget(stream);
      return gone;
    },

    spreads: (stream: number, arms: readonly number[]): NetworkSpread[] => networks.spreads(stream, arms),
  };
}

function addTo(lists: Map<number, string[]>, stream: number, visitor: string): void {
  const list = lists.get(stream);
  if (list) list.push(visitor);
  else lists.set(stream, [visitor]);
}

/** Every visitor of the marks, in the order of the table's keys. A mark that changes meanwhile stays the same object. */
function* inOrder(marks: Marks): Generator<[stream: number, visitor: string, mark: Mark]> {
  for (const stream of [...marks.keys()].toSorted((a, b) => a - b)) {
    const ofStream = marks.get(stream)!;
    for (const visitors of byFirstLetter(ofStream.keys())) {
      for (const visitor of visitors.toSorted()) yield [stream, visitor, ofStream.get(visitor)!];
    }
  }
}

/** In small lists, which are sorted when it is their turn: all at once would hold up a batch. */
function byFirstLetter(visitors: Iterable<string>): string[][] {
  const lists: string[][] = [];
  for (const visitor of visitors) (lists[visitor.charCodeAt(0) || 0] ??= []).push(visitor);
  return lists.filter(Boolean);
}

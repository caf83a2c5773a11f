import type { NetworkSpread } from '#schemas/health.ts';
import type { Database } from '../open-database.ts';
import { type Mark, joinMark, markOf } from './mark.ts';
import { hashOf } from './name-hash.ts';
import { type NetworkCount, createNetworkStore } from './network-store.ts';
import { MARKS, findMark, packMarks, unpackMarks } from './pack-marks.ts';
import { NETWORKS } from './pack-networks.ts';
import { type Packed, type Run, blockOf, createRuns } from './runs.ts';
import { type Writing, fillRuns, joinRuns, writeRuns } from './write-runs.ts';

/**
 * Marks that wait before a run is made of them; with those of the run before, 800,000 are in memory at most: about 200 MB. It is
 * what 10,000 visitors a second leave in the half minute in which they report, so that few have to be looked for in runs again.
 */
const MAX_WAITING = 400_000;
/** For each mark that a batch appends so many entries are written to runs, so that these are whole before the next ones begin. */
const WRITTEN_FOR_EACH = 4;
/** While none is being written, so many are joined: in the rest of the time enough for two tiers, though each visitor has a network. */
const JOINED_FOR_EACH = 8;
/** So many runs of a stream and tier are joined into one of the next tier. */
const JOINED = 8;
/** For so many marks that a batch appends a block is taken away, faster than joining leaves them behind. */
const CLEANED_FOR = 4;
/** Blocks that are taken away in one transaction when nothing else is to be done. */
const CLEANED_AT_ONCE = 500;

type Marks = Map<number, Map<string, Mark>>;
type LogRow = { id: number; marks: string; networks: string };
type LoggedMarks = [stream: number, marks: Packed][];

export type MarkStore = ReturnType<typeof createMarkStore>;

/**
 * Marks of visitors. Visitors come in no order, so that writing each mark to its place would dirty a page of a table for every
 * event, a hundred times of what was learned. So a batch's marks are first appended to a log, in one row, and kept in memory; when
 * there are many they become a run, of which a few blocks are written with every batch, and runs are joined into larger ones (a
 * log-structured merge tree: O'Neil et al., 1996). Of a visitor's versions in several runs all is true. Networks' counts go the same
 * way, and their rows of the log go when all runs are whole. What is in memory is only ever what the log or the runs have as well;
 * `catchUp` makes it so after somebody else wrote. All of it belongs into a transaction (`spreads` too, which adds what waits to what
 * is in runs), and after one that failed everything must be forgotten.
 */
export function createMarkStore(database: Database, maxWaiting = MAX_WAITING) {
  const { $client: client } = database;
  const runs = createRuns(database);
  const networks = createNetworkStore(runs);
  /** In the log alone. */
  let waiting: Marks = new Map();
  let size = 0;
  let generation = 1;
  let batch = 0;
  /** Being written to runs, or written a while ago: then it is a cache. */
  let settling: Marks = new Map();
  let writing: Writing | undefined;
  let joining: Writing | undefined;
  let mayJoin = true;
  /** Which runs are to be joined, as far as is known. */
  let full: ReturnType<typeof runs.findFull> = [];
  /** The newest row of the log that is known, and those of its rows up to which all is in runs, or will be. −1: nothing is known. */
  let known = -1;
  let cleared = 0;
  let clearing = 0;

  const readLog = client.prepare<[number], LogRow>('select id, marks, networks from health_mark_log where id > ? order by id');
  const newest = client.prepare<[], number>("select seq from sqlite_sequence where name = 'health_mark_log'").pluck();
  const oldest = client.prepare<[], number | null>('select min(id) from health_mark_log').pluck();
  const append = client.prepare('insert into health_mark_log (marks, networks) values (?, ?)');
  const clearLog = client.prepare('delete from health_mark_log where id <= ?');

  function forgetMarks(): void {
    writing?.return(false);
    writing = undefined;
    waiting = new Map();
    settling = new Map();
    networks.forgetAll();
    size = 0;
    known = -1;
  }

  function catchUp(): void {
    runs.expire();
    const last = newest.get() ?? 0;
    const first = oldest.get() ?? last + 1;
    let entries = known < 0 ? [] : readLog.all(known);
    // What somebody else wrote to runs is there now: of the log's rows that were seen, networks would count twice.
    if (known < 0 || first !== cleared + 1 || entries.length !== last - known) {
      forgetMarks();
      cleared = first - 1;
      entries = readLog.all(0);
    }
    for (const row of entries) {
      for (const [stream, packed] of JSON.parse(row.marks) as LoggedMarks) {
        for (const [visitor, mark] of unpackMarks(packed)) {
          const there = waiting.get(stream)?.get(visitor);
          if (there) joinMark(mark, there);
          put(stream, visitor, mark);
        }
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

  function settle(): void {
    settling = waiting;
    writing = writeSettling();
    networks.settle();
    clearing = known;
    waiting = new Map();
    size = 0;
    generation++;
  }

  const writeSettling = (): Writing =>
    writeRuns(runs, function* fill(begun) {
      const isFilled = yield* fillRuns(runs, MARKS, settling, begun);
      return isFilled && (yield* fillRuns(runs, NETWORKS, networks.settling(), begun));
    });

  /** Writes so many entries; with the last one the runs are whole, and their rows of the log go. */
  function write(count: number): void {
    for (let left = count; writing && left > 0;) {
      const { done, value } = writing.next();
      if (!done) {
        left -= value;
        continue;
      }
      writing = value ? undefined : writeSettling(); // once more: another engine thought that nobody writes it
      if (!value) continue;
      networks.written();
      clearLog.run(clearing);
      cleared = clearing;
      mayJoin = true;
    }
  }

  /** Joins so many entries of runs, if there are enough of them. */
  function join(count: number): void {
    for (let left = count; left > 0;) {
      joining ??= beginJoin();
      if (!joining) return;
      const { done, value } = joining.next();
      if (done) joining = undefined;
      else left -= value;
    }
  }

  function beginJoin(): Writing | undefined {
    if (full.length === 0 && mayJoin) {
      full = runs.findFull(JOINED);
      mayJoin = full.length > 0;
    }
    for (let next = full.shift(); next; next = full.shift()) {
      const { kind, stream, tier } = next;
      const sources = runs.runsOf(kind, stream).filter((run) => run.tier === tier);
      if (sources.length < JOINED) continue; // another engine was faster
      const some = sources as [Run, ...Run[]];
      return kind === 'marks' ? joinRuns(runs, MARKS, some) : joinRuns(runs, NETWORKS, some);
    }
    return undefined;
  }

  /** The mark of every one of these visitors, in their order: in memory, in runs, or new. */
  function findAll(visits: readonly { stream: number; visitor: string }[]): Mark[] {
    const found: Marks = new Map();
    return visits.map(({ stream, visitor }) => {
      const mark = waiting.get(stream)?.get(visitor) ?? settling.get(stream)?.get(visitor);
      if (mark) return mark;
      let ofStream = found.get(stream);
      if (!ofStream) found.set(stream, (ofStream = new Map()));
      let other = ofStream.get(visitor);
      if (!other) ofStream.set(visitor, (other = findInRuns(stream, visitor)));
      return other;
    });
  }

  function findInRuns(stream: number, visitor: string): Mark {
    const mark = markOf();
    const all = runs.runsOf('marks', stream);
    if (all.length === 0) return mark;
    const hash = hashOf(visitor);
    for (const run of all) {
      if (!run.filter.mayHold(hash)) continue;
      const text = runs.read(run, blockOf(hash, run.bits));
      const version = text === undefined ? undefined : findMark(text, visitor);
      if (version) joinMark(mark, version);
    }
    return mark;
  }

  return {
    catchUp,
    findAll,

    forgetAll(): void {
      forgetMarks();
      joining?.return(false);
      joining = undefined;
      mayJoin = true;
      full = [];
      runs.forgetAll();
    },

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
          const packed: LoggedMarks = Array.from(changed, ([stream, { visitors, marks }]) => [stream, packMarks(visitors, marks)]);
          networks.add(counts);
          known = Number(append.run(JSON.stringify(packed), JSON.stringify(counts)).lastInsertRowid);
          runs.dropUnfinished();
          if (size >= maxWaiting && !writing) settle();
          if (writing) write(WRITTEN_FOR_EACH * count);
          if (!writing) join(JOINED_FOR_EACH * count);
          runs.clean(Math.ceil(count / CLEANED_FOR));
        },
      };
    },

    /** Writes all that waits to runs. */
    writeAll(): void {
      runs.dropUnfinished();
      write(Number.POSITIVE_INFINITY);
      if (known > cleared) settle(); // what an older version left in the log may be networks alone
      write(Number.POSITIVE_INFINITY);
    },

    /** Forgets the marks of the stream and says how many there were; all that waits must have been written. */
    forget(stream: number): number {
      settling.delete(stream);
      runs.forget('networks', stream);
      return runs.forget('marks', stream);
    },

    /** Takes away some of what nobody looks into any more; false: there is nothing. */
    clean: (): boolean => runs.clean(CLEANED_AT_ONCE),

    spreads: (stream: number, arms: readonly number[]): NetworkSpread[] => networks.spreads(stream, arms),
  };
}

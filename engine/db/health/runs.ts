import type { Database } from '../open-database.ts';
import { NameFilter } from './name-filter.ts';
import { hashOf } from './name-hash.ts';

/** Entries in a block, on average half as many to as many: so that it is one page of SQLite's. */
const PER_BLOCK = 64;
const MAX_BITS = 20;
const BLOCKS = 2 ** MAX_BITS;

/** What is kept in runs: marks by visitor, or counts by network. */
export type Kind = 'marks' | 'networks';
export type Packed = (string | number)[];

/** How values of a kind are written down, and what becomes of two of one name. */
export type Packing<Value> = {
  kind: Kind;
  pack: (names: readonly string[], values: readonly Value[]) => Packed;
  unpack: (packed: Packed) => Iterable<[name: string, value: Value]>;
  /** The first takes up what the second knows. */
  join: (value: Value, other: Value) => void;
};

/** Entries of one stream, on disk, spread over 2^bits blocks by the first bits of their names' hashes. It never changes. */
export type Run = { id: number; kind: Kind; stream: number; tier: number; bits: number; entries: number; filter: NameFilter };
type RunRow = Omit<Run, 'filter'>;

/** Writes a run, block by block, in as many transactions as it likes. */
export type RunWriter = {
  /** As far as it is written. */
  run: Run;
  /** `text`: the block's entries, packed, as JSON. False: another engine thought that nobody writes the run, and takes it away. */
  write: (block: number, names: readonly string[], text: string) => boolean;
  /** It will not be finished. */
  abandon: () => void;
};

/** The block in which an entry of this hash is. */
export const blockOf = (hash: number, bits: number): number => (bits === 0 ? 0 : hash >>> (32 - bits));

export type Runs = ReturnType<typeof createRuns>;

/**
 * Runs of entries. Those that are being written and those that are gone belong to nobody's sight, so that whoever dies leaves
 * nothing behind but rows that are taken away later. What is remembered is true until `expire` is called.
 */
export function createRuns({ $client: client }: Database) {
  /** By stream; what was read in an older epoch is to be read anew. */
  const known = { marks: new Map<number, Known>(), networks: new Map<number, Known>() };
  let epoch = 0;
  /** Sets: when one transaction after another fails, the same numbers are given out again and again. */
  let abandoned = new Set<number>();
  /** Runs that the transaction under way, or the last one, finished or dropped: when it fails they are being written again. */
  let unsure = new Set<number>();
  let isNew = true;
  let mayClean = true;

  const list = client.prepare<[Kind, number], RunRow>(
    "select id, kind, stream, tier, bits, entries from health_runs where state = 'whole' and kind = +? and stream = +? order by id",
  );
  const readFilter = client.prepare<[number], Buffer>('select filter from health_runs where id = ?').pluck();
  const begin = client.prepare("insert into health_runs (kind, stream, tier, bits, state) values (?, ?, ?, ?, 'writing')");
  const isWriting = client.prepare<[number], number>("select 1 from health_runs where id = ? and state = 'writing'").pluck();
  const complete = client.prepare("update health_runs set state = 'whole', entries = ?, filter = ? where id = ?");
  const drop = client.prepare("update health_runs set state = 'gone', filter = null where id = ?");
  const dropOne = client.prepare("update health_runs set state = 'gone' where id = ? and state = 'writing'");
  const unfinished = client.prepare<[], number>("select id from health_runs where state = 'writing'").pluck();
  const full = client.prepare<[number], Pick<Run, 'kind' | 'stream' | 'tier'>>(
    `select kind, stream, tier from health_runs where state = 'whole'
     group by kind, stream, tier having count(*) >= ? order by tier`,
  );
  const write = client.prepare(
    "insert into health_run_blocks select @block, @text where exists (select 1 from health_runs where id = @id and state = 'writing')",
  );
  const read = client.prepare<[number], string>('select entries from health_run_blocks where id = ?').pluck();
  const readAll = client.prepare<[number, number], string>('select entries from health_run_blocks where id >= ? and id < ?').pluck();
  const gone = client.prepare<[], number>("select id from health_runs where state = 'gone' limit 1").pluck();
  const clean = client.prepare(
    'delete from health_run_blocks where id in (select id from health_run_blocks where id >= ? and id < ? limit ?)',
  );
  const forget = client.prepare('delete from health_runs where id = ?');

  function runsOf(kind: Kind, stream: number): readonly Run[] {
    const before = known[kind].get(stream);
    if (before?.epoch === epoch) return before.runs;
    const filters = new Map(before?.runs.map(({ id, filter }) => [id, filter]));
    const runs = list.all(kind, stream).map((row) => ({ ...row, filter: filters.get(row.id) ?? new NameFilter(readFilter.get(row.id)!) }));
    known[kind].set(stream, { epoch, runs });
    return runs;
  }

  function changeKnown({ kind, stream }: Run, change: (runs: readonly Run[]) => readonly Run[]): void {
    const before = known[kind].get(stream);
    if (before) known[kind].set(stream, { ...before, runs: change(before.runs) });
  }

  function dropRun(run: Run): void {
    drop.run(run.id);
    changeKnown(run, (runs) => runs.filter(({ id }) => id !== run.id));
    mayClean = true;
  }

  return {
    /** The runs in which entries of the stream are. */
    runsOf,

    /** The JSON text of the entries in a block, if there are any. */
    read: ({ id }: Run, block: number): string | undefined => read.get(id * BLOCKS + block),

    /** Those of all its blocks. */
    readAll: ({ id }: Run): string[] => readAll.all(id * BLOCKS, (id + 1) * BLOCKS),

    /** Begins a run of at most so many entries, of 2^`leastBits` blocks or more. */
    begin(kind: Kind, stream: number, tier: number, most: number, leastBits = 0): RunWriter {
      let bits = leastBits;
      while (bits < MAX_BITS && most > PER_BLOCK * 2 ** bits) bits++;
      const id = Number(begin.run(kind, stream, tier, bits).lastInsertRowid);
      // Networks are read all at once: one that tells nothing takes no room.
      const filter = NameFilter.of(kind === 'marks' ? most : 0);
      const run: Run = { id, kind, stream, tier, bits, entries: 0, filter };
      return {
        run,
        write(block, names, text) {
          if (write.run({ id, block: id * BLOCKS + block, text }).changes !== 1) return false;
          for (const name of names) run.filter.add(hashOf(name));
          run.entries += names.length;
          return true;
        },
        abandon: () => void abandoned.add(id),
      };
    },

    /**
     * From now on the runs are looked into, all of them, and those that they stand for are not. False: another engine takes one
     * of them away, see `dropUnfinished`, or those that they stand for are gone; then nothing changes, and they were written in vain.
     */
    finish(writers: readonly RunWriter[], standFor: readonly Run[] = []): boolean {
      const isThere = ({ id, kind, stream }: Run): boolean => runsOf(kind, stream).some((run) => run.id === id);
      if (!standFor.every(isThere) || !writers.every(({ run }) => isWriting.get(run.id) === 1)) return false;
      for (const { run } of writers) {
        complete.run(run.entries, run.filter.bytes, run.id);
        unsure.add(run.id);
        changeKnown(run, (runs) => [...runs, run]);
      }
      for (const run of standFor) dropRun(run);
      return true;
    },

    /** Every kind and stream that has so many runs of a tier, and the tier: the lowest first, of which there are soon more. */
    findFull: (many: number): Pick<Run, 'kind' | 'stream' | 'tier'>[] => full.all(many),

    /** Forgets all entries of the stream; returns how many there were. */
    forget(kind: Kind, stream: number): number {
      const runs = runsOf(kind, stream);
      for (const run of runs) dropRun(run);
      return runs.reduce((sum, { entries }) => sum + entries, 0);
    },

    /**
     * What was abandoned, or begun by a process that is gone, will be taken away. An engine beside this one may have to write its
     * run once more. To be called before any run is begun: the number of one whose transaction failed is given out again.
     */
    dropUnfinished(): void {
      unsure = abandoned;
      abandoned = new Set();
      if (isNew) for (const id of unfinished.all()) unsure.add(id);
      isNew = false;
      if (unsure.size === 0) return;
      for (const id of unsure) dropOne.run(id);
      mayClean = true;
    },

    /** Takes away up to so many blocks, and rows of runs, that nobody looks into; false: there are none. */
    clean(blocks: number): boolean {
      for (let left = blocks; mayClean && left > 0; left--) {
        const id = gone.get();
        mayClean = id !== undefined;
        if (id === undefined) return left < blocks;
        const { changes } = clean.run(id * BLOCKS, (id + 1) * BLOCKS, left);
        if (changes < left) forget.run(id);
        left -= changes;
      }
      return mayClean;
    },

    /** Somebody else may have written; but what is in a run never changes. */
    expire: (): void => void epoch++,
    /** After a transaction that failed. */
    forgetAll(): void {
      known.marks.clear();
      known.networks.clear();
      for (const id of unsure) abandoned.add(id);
      unsure = new Set();
      mayClean = true;
    },
  };
}

type Known = { epoch: number; runs: readonly Run[] };

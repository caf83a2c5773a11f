import type { Database } from '../open-database.ts';
import type { Mark } from './mark.ts';
import { MarkFilter } from './mark-filter.ts';
import { packMarks } from './pack-marks.ts';
import { hashOf } from './visitor-hash.ts';

/** Marks in a block, on average half as many to as many: so that it is one page of SQLite's. */
const MARKS_PER_BLOCK = 64;
const MAX_BITS = 20;
const BLOCKS = 2 ** MAX_BITS;

/** Marks of one stream, on disk, spread over 2^bits blocks by the first bits of their visitors' hashes. It never changes. */
export type Run = { id: number; stream: number; tier: number; bits: number; marks: number; filter: MarkFilter };
type RunRow = Omit<Run, 'filter'>;

/** Writes a run, block by block, in as many transactions as it likes. */
export type RunWriter = {
  bits: number;
  /** False: another engine thought that nobody writes the run, and takes it away; nothing is written. */
  write: (block: number, visitors: readonly string[], marks: readonly Mark[]) => boolean;
  /**
   * From now on the run is looked into, and those that it stands for are not. False: another engine began anew, or joined the
   * same runs before; then nothing changes, and it was written in vain.
   */
  finish: (standsFor: readonly Run[]) => boolean;
  /** It will not be finished. */
  abandon: () => void;
};

/** The block in which a visitor of this hash is. */
export const blockOf = (hash: number, bits: number): number => (bits === 0 ? 0 : hash >>> (32 - bits));

export type MarkRuns = ReturnType<typeof createMarkRuns>;

/**
 * Runs of marks. Those that are being written and those that are gone belong to nobody's sight, so that whoever dies leaves
 * nothing behind but rows that are taken away later. What is remembered is true until `expire` is called.
 */
export function createMarkRuns({ $client: client }: Database) {
  /** By stream; what was read in an older epoch is to be read anew. */
  const known = new Map<number, { epoch: number; runs: readonly Run[] }>();
  let epoch = 0;
  let abandoned: number[] = [];
  /** Runs that the transaction under way, or the last one, finished or dropped: when it fails they are being written again. */
  let unsure: number[] = [];
  let isNew = true;
  let mayClean = true;

  const list = client.prepare<[number], RunRow>(
    "select id, stream, tier, bits, marks from health_mark_runs where state = 'whole' and stream = +? order by id",
  );
  const readFilter = client.prepare<[number], Buffer>('select filter from health_mark_runs where id = ?').pluck();
  const begin = client.prepare("insert into health_mark_runs (stream, tier, bits, state) values (?, ?, ?, 'writing')");
  const complete = client.prepare("update health_mark_runs set state = 'whole', marks = ?, filter = ? where id = ? and state = 'writing'");
  const drop = client.prepare("update health_mark_runs set state = 'gone', filter = null where id = ?");
  const dropOne = client.prepare("update health_mark_runs set state = 'gone' where id = ? and state = 'writing'");
  const unfinished = client.prepare<[], number>("select id from health_mark_runs where state = 'writing'").pluck();
  const full = client.prepare<[number], { stream: number; tier: number }>(
    "select stream, tier from health_mark_runs where state = 'whole' group by stream, tier having count(*) >= ? order by tier limit 1",
  );
  const write = client.prepare(
    "insert into health_mark_blocks select @block, @marks where exists (select 1 from health_mark_runs where id = @id and state = 'writing')",
  );
  const read = client.prepare<[number], string>('select marks from health_mark_blocks where id = ?').pluck();
  const gone = client.prepare<[], number>("select id from health_mark_runs where state = 'gone' limit 1").pluck();
  const clean = client.prepare(
    'delete from health_mark_blocks where id in (select id from health_mark_blocks where id >= ? and id < ? limit ?)',
  );
  const forget = client.prepare('delete from health_mark_runs where id = ?');

  function runsOf(stream: number): readonly Run[] {
    const before = known.get(stream);
    if (before?.epoch === epoch) return before.runs;
    const filters = new Map(before?.runs.map(({ id, filter }) => [id, filter]));
    const runs = list.all(stream).map((row) => ({ ...row, filter: filters.get(row.id) ?? new MarkFilter(readFilter.get(row.id)!) }));
    known.set(stream, { epoch, runs });
    return runs;
  }

  function dropRuns(stream: number, runs: readonly Run[]): void {
    for (const { id } of runs) drop.run(id);
    known.set(stream, { epoch, runs: runsOf(stream).filter((run) => !runs.includes(run)) });
    mayClean = true;
  }

  return {
    /** The runs in which marks of the stream are. */
    runsOf,

    /** The JSON text of the marks in a block, if there are any. */
    read: ({ id }: Run, block: number): string | undefined => read.get(id * BLOCKS + block),

    /** Begins a run of at most so many marks, of 2^`leastBits` blocks or more. */
    begin(stream: number, tier: number, most: number, leastBits = 0): RunWriter {
      let bits = leastBits;
      while (bits < MAX_BITS && most > MARKS_PER_BLOCK * 2 ** bits) bits++;
      const id = Number(begin.run(stream, tier, bits).lastInsertRowid);
      const filter = MarkFilter.of(most);
      let marks = 0;
      return {
        bits,
        write(block, visitors, ofVisitors) {
          const text = JSON.stringify(packMarks(visitors, ofVisitors));
          if (write.run({ id, block: id * BLOCKS + block, marks: text }).changes !== 1) return false;
          for (const visitor of visitors) filter.add(hashOf(visitor));
          marks += visitors.length;
          return true;
        },
        finish(standsFor) {
          const there = new Set(runsOf(stream).map((run) => run.id));
          if (!standsFor.every((run) => there.has(run.id)) || complete.run(marks, filter.bytes, id).changes !== 1) return false;
          unsure.push(id);
          dropRuns(
            stream,
            runsOf(stream).filter((run) => standsFor.some((other) => other.id === run.id)),
          );
          known.set(stream, { epoch, runs: [...runsOf(stream), { id, stream, tier, bits, marks, filter }] });
          return true;
        },
        abandon: () => void abandoned.push(id),
      };
    },

    /** A stream that has so many runs of a tier, and the tier: the lowest first, of which there are soon more. */
    findFull: (many: number): { stream: number; tier: number } | undefined => full.get(many),

    /** Forgets all marks of the stream; returns how many there were. */
    forget(stream: number): number {
      const runs = runsOf(stream);
      dropRuns(stream, runs);
      return runs.reduce((sum, { marks }) => sum + marks, 0);
    },

    /**
     * What was abandoned, or begun by a process that is gone, will be taken away. An engine beside this one may have to write its
     * run once more. To be called before any run is begun: the number of one whose transaction failed is given out again.
     */
    dropUnfinished(): void {
      unsure = isNew ? [...abandoned, ...unfinished.all()] : abandoned;
      isNew = false;
      abandoned = [];
      if (unsure.length === 0) return;
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
      known.clear();
      abandoned.push(...unsure);
      unsure = [];
      mayClean = true;
    },
  };
}

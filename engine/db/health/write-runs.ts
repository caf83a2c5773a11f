import { type Mark, joinMark } from './mark.ts';
import { type MarkRuns, type Run, blockOf } from './mark-runs.ts';
import { type PackedMarks, unpackMarks } from './pack-marks.ts';
import { hashOf } from './visitor-hash.ts';

/** Writing a run bit by bit: yields how many marks that was; returns whether it was written, see {@link MarkRuns}. */
export type Writing = Generator<number, boolean>;

/** Writes marks of a stream that waited in memory. */
export function* writeRun(runs: MarkRuns, stream: number, marks: ReadonlyMap<string, Mark>): Writing {
  const writer = runs.begin(stream, 0, marks.size);
  let isDone = false;
  try {
    const blocks: string[][] = [];
    for (const visitor of marks.keys()) (blocks[blockOf(hashOf(visitor), writer.bits)] ??= []).push(visitor);
    for (let block = 0; block < blocks.length; block++) {
      const visitors = blocks[block];
      if (!visitors) continue;
      const ofVisitors = visitors.map((visitor) => marks.get(visitor)!);
      if (!writer.write(block, visitors, ofVisitors)) return false;
      yield visitors.length;
    }
    return (isDone = writer.finish([]));
  } finally {
    if (!isDone) writer.abandon();
  }
}

/** Writes what several runs of a stream have as one. */
export function* joinRuns(runs: MarkRuns, sources: readonly [Run, ...Run[]]): Writing {
  const [{ stream, tier }] = sources;
  const writer = runs.begin(
    stream,
    tier + 1,
    sources.reduce((sum, { marks }) => sum + marks, 0),
    // One that was made for more marks than it got, because its sources had the same visitors, has more blocks than all would need.
    Math.max(...sources.map(({ bits }) => bits)),
  );
  let isDone = false;
  try {
    const readers = sources.map((run) => readPart(runs, run, writer.bits));
    for (let block = 0; block < 2 ** writer.bits; block++) {
      const joined = new Map<string, Mark>();
      let count = 0;
      for (const read of readers) {
        for (const [visitor, mark] of read(block)) {
          count++;
          const there = joined.get(visitor);
          if (there) joinMark(there, mark);
          else joined.set(visitor, mark);
        }
      }
      if (count === 0) continue;
      if (!writer.write(block, [...joined.keys()], [...joined.values()])) return false;
      yield count;
    }
    return (isDone = writer.finish(sources));
  } finally {
    if (!isDone) writer.abandon();
  }
}

type Marks = readonly [visitor: string, mark: Mark][];
const NOBODY: Marks = [];

/** Reads a run in the blocks, one after another, that it would have with so many bits, which are not fewer than its own. */
function readPart(runs: MarkRuns, run: Run, bits: number): (block: number) => Marks {
  let own = -1;
  let parts = new Map<number, [string, Mark][]>();
  return (block) => {
    const wanted = Math.floor(block / 2 ** (bits - run.bits));
    if (wanted !== own) {
      own = wanted;
      parts = new Map();
      const text = runs.read(run, own);
      for (const one of text === undefined ? [] : unpackMarks(JSON.parse(text) as PackedMarks)) {
        const part = blockOf(hashOf(one[0]), bits);
        const there = parts.get(part);
        if (there) there.push(one);
        else parts.set(part, [one]);
      }
    }
    return parts.get(block) ?? NOBODY;
  };
}

import { hashOf } from './name-hash.ts';
import { type Packed, type Packing, type Run, type RunWriter, type Runs, blockOf } from './runs.ts';

/** Writing runs bit by bit: yields how many entries that was; returns whether they are written, see {@link Runs}. */
export type Writing = Generator<number, boolean>;

/** Writes what waits in memory of a kind, a run for each stream. They are whole when the caller finishes all that were `begun`. */
export function* fillRuns<Value>(
  runs: Runs,
  packing: Packing<Value>,
  entries: ReadonlyMap<number, ReadonlyMap<string, Value>>,
  begun: RunWriter[],
): Writing {
  for (const [stream, values] of entries) {
    const writer = runs.begin(packing.kind, stream, 0, values.size);
    begun.push(writer);
    const blocks: string[][] = [];
    for (const name of values.keys()) (blocks[blockOf(hashOf(name), writer.run.bits)] ??= []).push(name);
    for (let block = 0; block < blocks.length; block++) {
      const names = blocks[block];
      if (!names) continue;
      const ofNames = names.map((name) => values.get(name)!);
      if (!writer.write(block, names, JSON.stringify(packing.pack(names, ofNames)))) return false;
      yield names.length;
    }
  }
  return true;
}

/** Writes runs by means of `fill`, which notes each that it begins, and finishes all of them at once; they are abandoned where that cannot be. */
export function* writeRuns(runs: Runs, fill: (begun: RunWriter[]) => Writing, standFor: readonly Run[] = []): Writing {
  const begun: RunWriter[] = [];
  let isDone = false;
  try {
    isDone = (yield* fill(begun)) && runs.finish(begun, standFor);
    return isDone;
  } finally {
    if (!isDone) for (const writer of begun) writer.abandon();
  }
}

/** Writes what several runs of a stream have as one that stands for them. */
export const joinRuns = <Value>(runs: Runs, packing: Packing<Value>, sources: readonly [Run, ...Run[]]): Writing =>
  writeRuns(runs, (begun) => fillWithJoined(runs, packing, sources, begun), sources);

function* fillWithJoined<Value>(
  runs: Runs,
  { kind, pack, unpack, join }: Packing<Value>,
  sources: readonly [Run, ...Run[]],
  begun: RunWriter[],
): Writing {
  const [{ stream, tier }] = sources;
  const most = sources.reduce((sum, { entries }) => sum + entries, 0);
  // One that was made for more entries than it got, because its sources had the same names, has more blocks than all would need.
  const writer = runs.begin(kind, stream, tier + 1, most, Math.max(...sources.map(({ bits }) => bits)));
  begun.push(writer);
  const readers = sources.map((run) => readPart(runs, unpack, run, writer.run.bits));
  for (let block = 0; block < 2 ** writer.run.bits; block++) {
    const joined = new Map<string, Value>();
    let count = 0;
    for (const read of readers) {
      for (const [name, value] of read(block)) {
        count++;
        const there = joined.get(name);
        if (there) join(there, value);
        else joined.set(name, value);
      }
    }
    if (count === 0) {
      yield 1; // to look is work, too: of sources that were forgotten meanwhile no block is left
      continue;
    }
    const names = [...joined.keys()];
    if (!writer.write(block, names, JSON.stringify(pack(names, [...joined.values()])))) return false;
    yield count;
  }
  return true;
}

type Part<Value> = readonly [name: string, value: Value][];

/** Reads a run in the blocks, one after another, that it would have with so many bits, which are not fewer than its own. */
function readPart<Value>(runs: Runs, unpack: Packing<Value>['unpack'], run: Run, bits: number): (block: number) => Part<Value> {
  let own = -1;
  let parts = new Map<number, [string, Value][]>();
  return (block) => {
    const wanted = Math.floor(block / 2 ** (bits - run.bits));
    if (wanted !== own) {
      own = wanted;
      parts = new Map();
      const text = runs.read(run, own);
      for (const one of text === undefined ? [] : unpack(JSON.parse(text) as Packed)) {
        const part = blockOf(hashOf(one[0]), bits);
        const there = parts.get(part);
        if (there) there.push(one);
        else parts.set(part, [one]);
      }
    }
    return parts.get(block) ?? [];
  };
}

/** What the measured processes share: runs over chunks of subjects, timed turn by turn, and heaps that are weighed. */

const WARM_UP_MS = 500;
/** Long enough to be measured, short enough that the machine's speed hardly changes before everybody had a turn. */
const TURN_MS = 80;
const CHUNK = 10_000;

/** Does the work for each subject; the sum keeps it from being optimised away. */
export type Run<Subject> = (subjects: readonly Subject[]) => number | Promise<number>;

/** In a process that {@link race} started: warms up, then takes a turn whenever it is told to, and says how many ns a subject took. */
export async function takeTurns<Subject>(subjects: readonly Subject[], run: Run<Subject>): Promise<void> {
  const turn = turnsOver(chunksOf(subjects), run);
  await turn(WARM_UP_MS);
  process.on('message', () => {
    turn(TURN_MS).then((ns) => process.send!(ns), fail);
  });
  process.on('disconnect', () => process.exit());
  process.send!('ready');
}

function fail(error: unknown): never {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}

/** Each turn goes on where the one before left off. */
function turnsOver<Subject>(chunks: readonly (readonly Subject[])[], run: Run<Subject>): (ms: number) => Promise<number> {
  let next = 0;
  return async (ms) => {
    let done = 0;
    let elapsed = 0;
    const start = performance.now();
    do {
      const chunk = chunks[next++ % chunks.length]!;
      keep(await run(chunk));
      done += chunk.length;
      elapsed = performance.now() - start;
    } while (elapsed < ms);
    return (elapsed * 1e6) / done;
  };
}

function chunksOf<Subject>(subjects: readonly Subject[]): Subject[][] {
  const starts = Array.from({ length: Math.ceil(subjects.length / CHUNK) }, (_, index) => index * CHUNK);
  return starts.map((start) => subjects.slice(start, start + CHUNK));
}

export function pass<Subject>(subjects: readonly Subject[], answer: (subject: Subject) => { length: number }): number {
  let sum = 0;
  for (let index = 0; index < subjects.length; index++) sum += answer(subjects[index]!).length;
  return sum;
}

/** Each promise is awaited before the next subject's turn. */
export async function asyncPass<Subject>(subjects: readonly Subject[], answer: (subject: Subject) => Promise<string>): Promise<number> {
  let sum = 0;
  for (let index = 0; index < subjects.length; index++) sum += (await answer(subjects[index]!)).length;
  return sum;
}

/** Where sums end up; exported, since nobody may know that it is not read. */
export const sink = { sum: 0 };
const keep = (sum: number): number => (sink.sum = sum);

/** Bytes that the heap grows by for each of `count` things that `run` does; nothing must be collected meanwhile. */
export async function bytesPer(count: number, run: () => number | Promise<number>): Promise<number> {
  for (let warm = 0; warm < 20; warm++) keep(await run());
  const growths: number[] = [];
  for (let repetition = 0; repetition < 5; repetition++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    keep(await run());
    growths.push((process.memoryUsage().heapUsed - before) / count);
  }
  return median(growths);
}

/** Needs `--expose-gc`. */
export const collect = (): void => (globalThis as { gc?: () => void }).gc!();

/** Of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The result of a program that {@link inFreshProcess} ran. */
export const say = (result: object): void => void process.stdout.write(`${JSON.stringify(result)}\n`);

import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median } from './measure.ts';

const execute = promisify(execFile);

/** For heaps that are weighed: nothing is collected while they grow. */
const WEIGHING = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'];
const TIMEOUT_MS = 120_000;

/** Runs one of the programs beside this in a fresh process; what it says last is the result. */
export async function inFreshProcess<Result>(program: string, args: readonly string[] = []): Promise<Result> {
  const { stdout } = await execute(process.execPath, [...WEIGHING, pathOf(program), ...args], { timeout: TIMEOUT_MS });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Result;
}

/** Nanoseconds by lane, one for each turn that all lanes took. */
export type Times = ReadonlyMap<string, readonly number[]>;

/**
 * Times the lanes of a program against each other. Every round has a fresh process for each lane; once all are warm they take
 * short turns, one at a time, in an order that rotates. The machine's speed flips now and then, and turns are so near to each
 * other that it does so for nearly all of them alike: compare the times of one turn ({@link ratioOf}), not medians.
 */
export async function race(program: string, lanes: readonly string[], rounds: number, turns: number): Promise<Times> {
  const times = new Map(lanes.map((lane): [string, number[]] => [lane, []]));
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`\r\u001B[K${program}: round ${round + 1} of ${rounds}`);
    const children = new Map<string, ChildProcess>();
    for (const lane of rotated(lanes, round)) children.set(lane, await start(program, lane));
    for (let turn = 0; turn < turns; turn++) {
      for (const lane of rotated(lanes, turn)) times.get(lane)!.push(await takeTurn(children.get(lane)!));
    }
    for (const child of children.values()) child.disconnect();
  }
  process.stderr.write('\r\u001B[K');
  return times;
}

/** One after the other, so that nobody warms up beside another. */
async function start(program: string, lane: string): Promise<ChildProcess> {
  const child = fork(pathOf(program), [lane], { timeout: TIMEOUT_MS });
  await answerOf(child, `${program} ${lane}`);
  return child;
}

function takeTurn(child: ChildProcess): Promise<number> {
  child.send('turn');
  return answerOf(child, child.spawnargs.join(' ')) as Promise<number>;
}

async function answerOf(child: ChildProcess, name: string): Promise<unknown> {
  const stop = new AbortController();
  const died = once(child, 'exit', stop).then(() => Promise.reject(new Error(`${name} ended early`)));
  try {
    const [answer] = (await Promise.race([once(child, 'message', stop), died])) as [unknown];
    return answer;
  } finally {
    stop.abort();
    died.catch(() => undefined);
  }
}

const pathOf = (program: string): string => join(import.meta.dirname, program);
const rotated = <Item>(items: readonly Item[], by: number): Item[] => items.map((_, index) => items[(index + by) % items.length]!);

/** The median over turns of `a / b`. */
export const ratioOf = (times: Times, a: string, b: string): number =>
  median(times.get(a)!.map((time, turn) => time / times.get(b)![turn]!));

export const medianOf = (times: Times, lane: string): number => median(times.get(lane)!);

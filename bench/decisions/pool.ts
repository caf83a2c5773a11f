import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** What a thread is asked for: runs `from` up to, and without, `to` of one experiment, of one detection, or of looks at shares. */
export type Task = { kind: 'experiment' | 'detection' | 'shares'; name: string; from: number; to: number };
export type Settings = { seed: number; isLong: boolean };

const MOST_THREADS = 8;

/** Has all tasks done by as many threads as there are processors. The results are in the order of the tasks. */
export async function inThreads<Result>(tasks: readonly Task[], settings: Settings, note: (done: number) => void): Promise<Result[]> {
  const results = Array.from<Result>({ length: tasks.length });
  let next = 0;
  let done = 0;
  const work = (): Promise<void> =>
    new Promise((finish, fail) => {
      const thread = new Worker(new URL('thread.ts', import.meta.url), {
        workerData: settings,
        resourceLimits: { maxYoungGenerationSizeMb: 64 },
      });
      let current = -1;
      const give = (): void => {
        current = next++;
        if (current < tasks.length) thread.postMessage(tasks[current]);
        else void thread.terminate().then(() => finish(), fail);
      };
      thread.on('message', (result: Result) => {
        results[current] = result;
        note((done += 1));
        give();
      });
      thread.once('error', fail);
      give();
    });
  await Promise.all(Array.from({ length: Math.min(MOST_THREADS, availableParallelism()) }, work));
  return results;
}

import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';

import type { Job } from './simulation-process.ts';
import type { Simulated } from './simulate.ts';

export type Total = {
  worlds: number;
  rollouts: number;
  seconds: number;
  /** What happened, and how often, in all worlds together. */
  counts: Record<string, number>;
  failures: { seed: number; message: string; trace: string[] }[];
};

export type ManyOptions = {
  firstSeed: number;
  /** Stops once so many rollouts have ended, … */
  rollouts?: number;
  /** … so many worlds were played, … */
  worlds?: number;
  /** … or so many have failed. */
  failures?: number;
  maxEvents?: number;
  broken?: string;
  processes?: number;
  onWorld?: (total: Total) => void;
};

/** Plays one seed after another, in as many processes as there are cores. */
export async function simulateMany(options: ManyOptions): Promise<Total> {
  const { firstSeed, rollouts = Infinity, worlds = Infinity, failures = Infinity, processes = availableParallelism() } = options;
  const total: Total = { worlds: 0, rollouts: 0, seconds: 0, counts: {}, failures: [] };
  const began = performance.now();
  let next = firstSeed;
  const isEnough = (): boolean => total.rollouts >= rollouts || next - firstSeed >= worlds || total.failures.length >= failures;

  async function work(): Promise<void> {
    const worker = fork(new URL('./simulation-process.ts', import.meta.url));
    try {
      while (!isEnough()) {
        add(total, await play(worker, { seed: next++, maxEvents: options.maxEvents, broken: options.broken }));
        total.seconds = (performance.now() - began) / 1_000;
        options.onWorld?.(total);
      }
    } finally {
      if (worker.connected) worker.disconnect();
    }
  }
  await Promise.all(Array.from({ length: Math.min(processes, worlds) }, work));
  return total;
}

function play(worker: ChildProcess, job: Job): Promise<Simulated> {
  return new Promise((done, fail) => {
    const lose = (code: number | null, signal: string | null): void =>
      fail(new Error(`the process that played seed ${job.seed} ended (${signal ?? code})`));
    worker.once('exit', lose).once('message', (simulated) => {
      worker.off('exit', lose);
      done(simulated as Simulated);
    });
    worker.send(job);
  });
}

function add(total: Total, { seed, rollouts, revisions, events, counts, failure }: Simulated): void {
  total.worlds++;
  for (const [what, count] of Object.entries({ ...rollouts, revisions, events, ...counts })) {
    total.counts[what] = (total.counts[what] ?? 0) + count;
  }
  total.rollouts += Object.values(rollouts).reduce((sum, count) => sum + count, 0);
  if (failure) total.failures.push({ seed, ...failure });
}

/** How to see a failing seed again, and the end of its story. */
export const storyOf = ({ seed, message, trace }: Total['failures'][number], lines = 40): string =>
  [`seed ${seed}: ${message}`, ...trace.slice(-lines).map((line) => `  ${line}`), `Replay: npm run simulate:faults -- --seed ${seed}`].join(
    '\n',
  );

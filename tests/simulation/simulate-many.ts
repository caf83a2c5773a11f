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
    let player = fork(PLAYER);
    while (!isEnough()) {
      const played = await play(player, { seed: next++, maxEvents: options.maxEvents, broken: options.broken });
      if ('lost' in played) {
        player.kill('SIGKILL');
        player = fork(PLAYER);
        total.failures.push({ seed: played.seed, message: played.lost, trace: [] });
      } else add(total, played);
      total.seconds = (performance.now() - began) / 1_000;
      options.onWorld?.(total);
    }
    if (player.connected) player.disconnect();
  }
  await Promise.all(Array.from({ length: Math.min(processes, worlds) }, work));
  return total;
}

const PLAYER = new URL('./simulation-process.ts', import.meta.url);
/** Many times as long as any world takes. */
const WORLD_MS = 5 * 60_000;

/** Plays one world in the process; a process that dies over it, or does not end, fails the seed and no other. */
function play(player: ChildProcess, job: Job): Promise<Simulated | { seed: number; lost: string }> {
  return new Promise((done) => {
    const settle = (played: Simulated | { seed: number; lost: string }): void => {
      clearTimeout(timer);
      player.off('exit', lose).off('message', take);
      done(played);
    };
    const take = (simulated: unknown): void => settle(simulated as Simulated);
    const lose = (code: number | null, signal: string | null): void =>
      settle({ seed: job.seed, lost: `its process ended (${signal ?? code})` });
    const timer = setTimeout(() => settle({ seed: job.seed, lost: `it did not end in ${WORLD_MS} ms` }), WORLD_MS);
    player.on('exit', lose).on('message', take);
    player.send(job);
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

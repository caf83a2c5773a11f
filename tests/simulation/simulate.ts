import { NOW } from '../support/fixtures.ts';
import { createDice } from './dice.ts';
import { drawFaults, hasClockFaults, healed } from './fault-plan.ts';
import { BrokenInvariant } from './invariants/broken.ts';
import { createCountingCheck } from './invariants/counting.ts';
import { checkRest } from './invariants/rest.ts';
import { createLedger } from './ledger.ts';
import { type Parts, REAL_PARTS } from './parts.ts';
import { populate } from './populate.ts';
import { createFileStore, createMemoryStore } from './shared-store.ts';
import { createTrace } from './trace.ts';
import { createVirtualTime } from './virtual-time.ts';
import { type World, carryOn } from './world.ts';

export type Simulated = {
  seed: number;
  /** Rollouts that ended, by how. */
  rollouts: Record<string, number>;
  revisions: number;
  events: number;
  counts: Record<string, number>;
  /** The invariant that was broken, with the last things that happened before. */
  failure: { message: string; trace: string[] } | null;
};

export type SimulationOptions = {
  parts?: Partial<Parts>;
  /** The world ends after so many events. */
  maxEvents?: number;
};

const ROLLOUTS = 12;
const MAX_MS = 2 * 60 * 60_000;
/** Longer than any retry, request or downtime lasts. */
const REST_MS = 12 * 60_000;
/** Longer than looking at every edge takes. */
const CHECK_MS = 2 * 60_000;

/** Plays the world of a seed until its rollouts have ended, lets everything heal and come to rest, and checks what is left. */
export async function simulate(seed: number, { parts = {}, maxEvents = Infinity }: SimulationOptions = {}): Promise<Simulated> {
  const dice = createDice(seed);
  const time = createVirtualTime(NOW);
  const faults = drawFaults(dice);
  const store = faults.onFile ? createFileStore(faults.engines === 1) : createMemoryStore();
  const trace = createTrace(time);
  const ledger = createLedger(store, time.now, !hasClockFaults(faults), (what) => trace.tell('chain', what));
  const counts: Record<string, number> = {};
  let failure: string | null = null;
  let isOver = false;
  let events = 0;
  const world: World = {
    dice,
    time,
    faults,
    parts: { ...REAL_PARTS, ...parts },
    store,
    ledger,
    counting: createCountingCheck(),
    counts,
    count: (what) => (counts[what] = (counts[what] ?? 0) + 1),
    tell: trace.tell,
    fail: (message) => (failure ??= message),
    isOver: () => isOver,
  };
  const goesOn = (): boolean => failure === null && events < maxEvents;
  async function play(until: () => boolean): Promise<void> {
    while (goesOn() && !until() && (await time.step())) {
      events++;
      ledger.look();
    }
  }
  const playFor = (ms: number): Promise<void> => {
    const end = time.now() + ms;
    return play(() => time.now() > end);
  };

  try {
    const inhabitants = populate(world);
    await play(() => ledger.countEnded() >= ROLLOUTS || time.now() > NOW + MAX_MS);
    world.faults = healed(faults);
    ledger.mayTick = false;
    await playFor(REST_MS);
    if (goesOn()) {
      carryOn(world, 'at rest', checkRest(world, inhabitants));
      await playFor(CHECK_MS);
    }
  } catch (error) {
    if (!(error instanceof BrokenInvariant)) throw error;
    world.fail(error.message);
  } finally {
    isOver = true;
    store.close();
  }
  const told = failure === null ? null : { message: failure, trace: trace.last() };
  return { seed, rollouts: ledger.ended, revisions: ledger.head(), events, counts, failure: told };
}

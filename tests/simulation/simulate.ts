import { ingestBeacons } from '#engine/services/ingest-beacons.ts';
import { NOW } from '../support/fixtures.ts';
import { createDice } from './dice.ts';
import type { Deliver, Edge } from './edge.ts';
import { type Machine, NoAnswer, createMachine, startEngine } from './engine.ts';
import { drawFaults, hasClockFaults, healed } from './fault-plan.ts';
import { BrokenInvariant, insist } from './invariants/broken.ts';
import { createCountingCheck } from './invariants/counting.ts';
import { createLedger } from './ledger.ts';
import { overNetwork } from './network.ts';
import { type Parts, REAL_PARTS } from './parts.ts';
import { createPeople } from './people.ts';
import { createFileStore, createMemoryStore } from './shared-store.ts';
import { createThinEdge } from './thin-edge.ts';
import { createTrace } from './trace.ts';
import { keepTrouble } from './trouble.ts';
import { createVirtualTime } from './virtual-time.ts';
import { GOOD, type Quality, keepVisiting } from './visitors.ts';
import { createEdgeStore, createWholeEdge } from './whole-edge.ts';
import { BUILDINGS, PLACE, type World, carryOn, repeat } from './world.ts';

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

export type SimulationOptions = { parts?: Partial<Parts>; /** The world ends after so many events. */ maxEvents?: number };

const ROLLOUTS = 12;
const MAX_LIVE = 3;
const MAX_HOURS = 4;
const HOUR_MS = 60 * 60_000;
const START_MS = 45_000;
/** Longer than any retry, request or downtime lasts. */
const REST_MS = 30 * 60_000;

/** Plays the world of a seed until its rollouts have ended, lets everything heal and come to rest, and checks what is left. */
export async function simulate(
  seed: number,
  { parts = {}, maxEvents = Number.POSITIVE_INFINITY }: SimulationOptions = {},
): Promise<Simulated> {
  const dice = createDice(seed);
  const time = createVirtualTime(NOW);
  const faults = drawFaults(dice);
  const store = faults.onFile ? createFileStore() : createMemoryStore();
  const trace = createTrace(time);
  const counts: Record<string, number> = {};
  const ledger = createLedger(store, time.now, !hasClockFaults(faults), (what) => trace.tell('chain', what));
  let failure: string | null = null;
  let isOver = false;
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
  let events = 0;
  const ended = (): number => Object.values(ledger.ended).reduce((sum, count) => sum + count, 0);
  async function play(until: () => boolean): Promise<void> {
    while (failure === null && events < maxEvents && !until()) {
      if (!(await time.step())) break;
      events++;
      await ledger.look();
    }
  }
  try {
    const { edges, people } = populate(world);
    const end = NOW + MAX_HOURS * HOUR_MS;
    await play(() => ended() >= ROLLOUTS || time.now() > end);
    world.faults = healed(faults);
    ledger.mayTick = false;
    const rested = time.now() + REST_MS;
    await play(() => time.now() > rested);
    if (failure === null && events < maxEvents) {
      const visiting = checkRest(world, edges, people);
      carryOn(world, 'at rest', visiting);
      const checked = time.now() + REST_MS;
      await play(() => time.now() > checked);
    }
  } catch (error) {
    if (!(error instanceof BrokenInvariant)) throw error;
    world.fail(error.message);
  } finally {
    isOver = true;
    store.close();
  }
  return {
    seed,
    rollouts: ledger.ended,
    revisions: ledger.head(),
    events,
    counts,
    failure: failure === null ? null : { message: failure, trace: trace.last() },
  };
}

function populate(world: World): { edges: Edge[]; people: ReturnType<typeof createPeople> } {
  const { dice, faults, ledger } = world;
  const machines = Array.from({ length: faults.engines }, (_, index) => createMachine(`engine-${index}`));
  for (const machine of machines) machine.clock.offsetMs = Math.round(dice.between(-1, 1) * faults.skewMs);
  const edgeClock = { offsetMs: Math.round(dice.between(-1, 1) * faults.skewMs) };
  const edges = createEdges(world, edgeClock, deliverTo(world, machines));
  const publish = async (snapshot: Parameters<Edge['push']>[0]): Promise<void> => {
    const results = await Promise.allSettled(edges.map((edge) => overNetwork(world, () => reach(world, edge).push(snapshot))));
    const failed = results.filter((result) => result.status === 'rejected');
    if (failed.length > 0) throw new Error(failed.map(({ reason }) => String(reason)).join('; '));
  };
  for (const machine of machines) startEngine(world, machine, publish);

  const qualities = new Map<string, Quality>();
  const people = createPeople(world, machines);
  let versions = 0;
  const startOne = async (): Promise<void> => {
    const first = dice.integer(0, BUILDINGS.length - 1);
    const buildings = dice.chance(0.2) ? BUILDINGS.slice(0, 2) : [BUILDINGS[first]!];
    const units = buildings.map((building) => `${building}@1.${++versions}.0`);
    const bad: Quality = dice.pick([
      { ...GOOD, errors: 0.7 },
      { ...GOOD, latencyMs: 4_000 },
      { ...GOOD, feedback: 20 },
    ]);
    if (dice.chance(0.25)) for (const unit of units) qualities.set(unit, bad);
    await people.start(units);
  };
  carryOn(
    world,
    'people',
    people.found().then(() => {
      const live = (): number =>
        Object.values(ledger.chain.at(-1)!.document.rollouts).filter(({ ended_at }) => ended_at === undefined).length;
      repeat(
        world,
        () => (Number.isFinite(world.faults.peopleEveryMs) ? START_MS : Number.POSITIVE_INFINITY),
        () => {
          if (live() < MAX_LIVE) carryOn(world, 'people', startOne());
        },
      );
      repeat(
        world,
        () => world.faults.peopleEveryMs,
        () => carryOn(world, 'people', people.meddle()),
      );
      keepVisiting(world, edges, (unit) => qualities.get(unit) ?? GOOD);
    }),
  );
  keepTrouble(world, machines, edges, edgeClock);
  return { edges, people };
}

function createEdges(world: World, clock: { offsetMs: number }, deliver: Deliver): Edge[] {
  const names = Array.from({ length: world.faults.edges }, (_, index) => `edge-${index}`);
  if (!world.faults.wholeEdges) return names.map((name) => createThinEdge(world, name, clock, deliver));
  const store = createEdgeStore(world);
  const cookies = new Map<string, string>();
  return names.map((name) => createWholeEdge(world, name, store, cookies, clock, deliver));
}

function deliverTo(world: World, machines: readonly Machine[]): Deliver {
  return async (batch) => {
    await overNetwork(world, async () => {
      const up = machines.flatMap(({ engine }) => engine ?? []);
      if (up.length === 0) throw new NoAnswer('nobody is up');
      await world.dice.pick(up).ask((services) => ingestBeacons(services, batch));
    });
    world.count('batches');
  };
}

function reach(world: World, edge: Edge): Edge {
  if (edge.downUntil > world.time.now()) throw new NoAnswer(`${edge.name} is down`);
  return edge;
}

/** After quiescence every edge has the head, the outbox has nothing left, and what was promised was kept. */
async function checkRest(world: World, edges: readonly Edge[], people: ReturnType<typeof createPeople>): Promise<void> {
  const { ledger, time } = world;
  const delivery = await world.store.reader().outbox.delivery(PLACE);
  insist(
    delivery.pending === 0 && delivery.delivered_revision === ledger.head(),
    () =>
      `at rest ${delivery.pending} deliveries wait; ${delivery.delivered_revision} of ${ledger.head()} was delivered: ${delivery.last_error}`,
  );
  people.commands.check();
  await ledger.reread();
  if (!world.faults.wholeEdges) await world.counting.check(world.store.freshReader(), ledger.chain.at(-1)!, time.now());
  for (const edge of edges) {
    await edge.visit('visitor-0');
    await time.sleep(10_000); // an isolate that was idle asks its store in the background
    const visit = await edge.visit('visitor-0');
    insist(visit?.revision === ledger.head(), () => `at rest ${edge.name} serves revision ${visit?.revision} of ${ledger.head()}`);
  }
  world.count('rests');
}

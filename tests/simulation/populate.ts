import { ingestBeacons } from '#engine/services/ingest-beacons.ts';
import { hasEnded } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Deliver, Edge } from './edge.ts';
import { type Machine, NoAnswer, type Publish, createMachine, startEngine } from './engine.ts';
import { overNetwork } from './network.ts';
import { type People, createPeople } from './people.ts';
import { createThinEdge } from './thin-edge.ts';
import { keepTrouble } from './trouble.ts';
import { GOOD, type Quality, keepVisiting } from './visitors.ts';
import { createEdgeStore, createWholeEdge } from './whole-edge.ts';
import { BUILDINGS, type World, carryOn, repeat } from './world.ts';

const MAX_LIVE = 3;

export type Inhabitants = { edges: readonly Edge[]; people: People };

/** Puts everything into the world that acts by itself: engines, edges, people, visitors and trouble. */
export function populate(world: World): Inhabitants {
  const { dice, faults } = world;
  const skewed = (): { offsetMs: number } => ({ offsetMs: Math.round(dice.between(-1, 1) * faults.skewMs) });
  const machines = Array.from({ length: faults.engines }, (_, index) => createMachine(`engine-${index}`, skewed()));
  const edgeClock = skewed();
  const edges = createEdges(world, edgeClock, deliverTo(world, machines));
  for (const machine of machines) startEngine(world, machine, publishTo(world, edges));
  const people = createPeople(world, machines);
  const qualities = new Map<string, Quality>();
  const live = async (): Promise<void> => {
    await people.found();
    keepStarting(world, people, qualities);
    repeat(
      world,
      () => world.faults.peopleEveryMs,
      () => carryOn(world, 'people', people.meddle()),
    );
    repeat(
      world,
      () => world.faults.tidyEveryMs,
      () => carryOn(world, 'people', people.tidy()),
    );
    keepVisiting(world, edges, (unit) => qualities.get(unit) ?? GOOD);
  };
  carryOn(world, 'people', live());
  keepTrouble(world, machines, edges, edgeClock);
  return { edges, people };
}

/** A few rollouts are always under way, some of them of units that are no good. */
function keepStarting(world: World, people: People, qualities: Map<string, Quality>): void {
  const { dice, ledger } = world;
  let versions = 0;
  const open = (): Rollout[] => Object.values(ledger.chain.at(-1)!.document.rollouts).filter((rollout) => !hasEnded(rollout));
  const startOne = async (): Promise<void> => {
    const moving = new Set(open().flatMap(({ targets }) => Object.keys(targets)));
    const free = BUILDINGS.filter((building) => !moving.has(building));
    const some = free.length > 0 && dice.chance(0.9) ? free : BUILDINGS; // now and then where there is a rollout already
    const buildings = dice.chance(0.2) ? some.slice(0, 2) : [dice.pick(some)];
    const units = buildings.map((building) => `${building}@1.${++versions}.0`);
    const bad: Quality = dice.pick([
      { ...GOOD, errors: 0.7 },
      { ...GOOD, latencyMs: 4_000 },
      { ...GOOD, feedback: 20 },
    ]);
    if (dice.chance(0.25)) for (const unit of units) qualities.set(unit, bad);
    await people.start(units);
  };
  repeat(
    world,
    () => world.faults.startEveryMs,
    () => {
      if (open().length < MAX_LIVE) carryOn(world, 'people', startOne());
    },
  );
}

function createEdges(world: World, clock: { offsetMs: number }, deliver: Deliver): Edge[] {
  const names = Array.from({ length: world.faults.edges }, (_, index) => `edge-${index}`);
  if (!world.faults.wholeEdges) return names.map((name) => createThinEdge(world, name, clock, deliver));
  const store = createEdgeStore(world);
  const cookies = new Map<string, string>();
  return names.map((name) => createWholeEdge(world, name, store, cookies, clock, deliver));
}

/** As the engine's publisher does: all edges at once, and a failure of one is a failure of the delivery. */
function publishTo(world: World, edges: readonly Edge[]): Publish {
  return async (snapshot) => {
    const results = await Promise.allSettled(
      edges.map((edge) =>
        overNetwork(world, async () => {
          if (edge.downUntil > world.time.now()) throw new NoAnswer(`${edge.name} is down`);
          await edge.push(snapshot);
        }),
      ),
    );
    const failed = results.filter((result) => result.status === 'rejected');
    if (failed.length > 0) throw new Error(failed.map(({ reason }) => String(reason)).join('; '));
  };
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

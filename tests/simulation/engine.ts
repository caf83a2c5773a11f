import { keepHouse } from '#engine/controller/keep-house.ts';
import { createMeasurer } from '#engine/controller/measure.ts';
import type { Services } from '#engine/services/context.ts';
import { ProblemError } from '#schemas/problem.ts';
import type { SignedSnapshot } from '#schemas/snapshot.ts';
import { type FailPoints, createFailPoints } from './fail-points.ts';
import { createSimulatedSource } from './metric-source.ts';
import type { Connection } from './shared-store.ts';
import { type World, carryOn, repeat } from './world.ts';

/** A machine on which an engine runs, dies and is started again. */
export type Machine = {
  name: string;
  /** What its clock shows above the world's time, ms. */
  clock: { offsetMs: number };
  /** It is stopped until then. */
  frozenUntil: number;
  engine: Engine | undefined;
  /** That of its latest engine. */
  connection: Connection | undefined;
};

export type Engine = {
  services: Services;
  life: FailPoints;
  /** Asks it something, as over a network. Rejects when it dies before it has answered. */
  ask: <Answer>(call: (services: Services) => Promise<Answer>) => Promise<Answer>;
};

/** A request had no answer: whether it was carried out nobody knows. It happens too often to note where each time. */
export class NoAnswer extends Error {
  constructor(message: string) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

export const createMachine = (name: string, clock: Machine['clock']): Machine => ({
  name,
  clock,
  frozenUntil: 0,
  engine: undefined,
  connection: undefined,
});

export type Publish = (snapshot: SignedSnapshot) => Promise<void>;

const DELIVERY_MS = 30_000;
const MEASURE_MS = 30_000;
/** More often than every hour, which many worlds do not last. */
const HOUSEKEEPING_MS = 10 * 60_000;
/** What concurrent commands may lead to, and the next look puts right. */
const PASSING = new Set(['rollout-state', 'concurrent-change', 'not-found']);

/** Starts the engine on the machine, with nothing but what the store has. */
export function startEngine(world: World, machine: Machine, publish: Publish): void {
  const { time, dice, parts, ledger } = world;
  const connection = (machine.connection = world.store.connect(machine.connection));
  const life = createFailPoints(world, machine, connection, () => {
    machine.engine = undefined;
    world.store.lose();
    abandon(new NoAnswer(`${machine.name} died`));
    time.after(dice.between(0.2, 2) * world.faults.downMs, () => !world.isOver() && startEngine(world, machine, publish));
  });
  let abandon: (reason: Error) => void = () => undefined;
  const death = new Promise<never>((_, reject) => (abandon = reject));
  death.catch(() => undefined);

  const stores = parts.createStores(connection.database, { maxWaitingMarks: world.faults.waitingMarks });
  const sources = createSimulatedSource(world);
  const services: Services = {
    ...life.guard(stores),
    metricSources: sources.kinds,
    signSnapshot: parts.sign,
    now() {
      const at = time.now() + machine.clock.offsetMs;
      ledger.noteReading(at, time.now());
      return at;
    },
    randomId: dice.id,
    onCommit: () => time.after(dice.between(0, 50), deliver),
  };
  const underWay = new Set<string>();
  const own = (work: () => Promise<unknown>): void => void (life.isAlive() && carryOn(world, machine.name, work()));
  const deliver = (): void => own(() => parts.deliverDue(services, (_, snapshot) => life.outside(publish(snapshot)), underWay));
  const onError = (error: unknown): void => {
    if (!(error instanceof ProblemError && PASSING.has(error.problem.code))) throw error;
  };

  const measurer = createMeasurer({ services, sources: { ...sources, ask: (...args) => life.outside(sources.ask(...args)) }, onError });

  let isTicking = false;
  async function look(): Promise<void> {
    if (isTicking) return; // never beside itself
    isTicking = true;
    await parts.tick(services, onError);
    isTicking = false;
  }
  const always = (ms: number) => () => (life.isAlive() ? ms : Number.POSITIVE_INFINITY);
  const tickMs = dice.pick([8_000, 14_000, 24_000]);
  repeat(world, always(tickMs), () => world.ledger.mayTick && own(look));
  repeat(world, always(DELIVERY_MS), deliver);
  repeat(world, always(MEASURE_MS), () => own(() => measurer.run()));
  repeat(world, always(HOUSEKEEPING_MS), () => own(() => keepHouse(services, onError)));
  // As main.ts does: an edge may have lost its store meanwhile.
  own(async () => {
    for (const place of await services.revisions.places()) await services.outbox.redeliver(place, place.revision);
    deliver();
  });
  world.count('starts');
  world.tell(machine.name, 'started');
  machine.engine = { services, life, ask: (call) => Promise.race([call(services), death]) };
}

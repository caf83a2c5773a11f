import type { Dice } from './dice.ts';

/** What goes wrong in a world, and how often. Probabilities are per occasion, times in ms. */
export type FaultPlan = {
  engines: 1 | 2;
  /** The store is a file, and each engine has its own connection: a crash leaves the file as it is, and it is opened anew. */
  onFile: boolean;
  /** The edges are the whole Hono app with tickets and delivery buffer; else the parts that decide, called directly. */
  wholeEdges: boolean;
  edges: number;
  /** A store's call that takes a moment, in which everybody else goes on. */
  hop: number;
  hopMs: number;
  /** A crash before, or after, a store's call; and one in the middle of its transaction. */
  crash: number;
  tear: number;
  downMs: number;
  /** An engine that is stopped for a while and then goes on as if nothing had been. */
  freezeEveryMs: number;
  freezeMs: number;
  jumpEveryMs: number;
  jumpMs: number;
  jumps: 'none' | 'back' | 'both';
  skewMs: number;
  /** Of requests between engine, edges and people. */
  loseRequest: number;
  loseAnswer: number;
  duplicate: number;
  latencyMs: number;
  edgeOutageEveryMs: number;
  edgeOutageMs: number;
  isolateLossEveryMs: number;
  peopleEveryMs: number;
  visitorEveryMs: number;
  startEveryMs: number;
  tidyEveryMs: number;
  /** How many marks of visitors an engine keeps in memory before it writes runs of them. */
  waitingMarks: number;
};

const MINUTE = 60_000;
const NEVER = Number.POSITIVE_INFINITY;

/** Every kind of fault is there in some worlds and not in others, so that none hides another. */
export function drawFaults(dice: Dice): FaultPlan {
  const some = (value: number): number => (dice.chance(0.6) ? value : 0);
  const at = (everyMs: number): number => (dice.chance(0.5) ? everyMs : NEVER);
  const engines = dice.chance(0.3) ? 2 : 1;
  const wholeEdges = dice.chance(1 / 16);
  return {
    engines,
    // Two engines are two connections, as the store tells by itself what another one wrote.
    onFile: engines === 2 || dice.chance(1 / 24),
    wholeEdges,
    edges: dice.integer(1, 3),
    hop: dice.pick([0, 0.05, 0.3]),
    hopMs: dice.pick([20, 500, 5_000]),
    crash: some(dice.pick([0.0005, 0.002, 0.006])),
    tear: some(dice.pick([0.005, 0.03])),
    downMs: dice.pick([5_000, MINUTE / 2, 3 * MINUTE]),
    freezeEveryMs: at(3 * MINUTE),
    freezeMs: dice.pick([2_000, MINUTE / 2, 4 * MINUTE]),
    jumpEveryMs: at(3 * MINUTE),
    jumpMs: dice.pick([1_000, MINUTE, 8 * MINUTE]),
    jumps: dice.pick(['none', 'back', 'both']),
    skewMs: some(dice.pick([500, MINUTE / 2])),
    loseRequest: some(dice.pick([0.02, 0.2])),
    loseAnswer: some(dice.pick([0.02, 0.2])),
    duplicate: some(dice.pick([0.05, 0.3])),
    latencyMs: dice.pick([50, 1_000, 8_000]),
    edgeOutageEveryMs: at(4 * MINUTE),
    edgeOutageMs: dice.pick([10_000, 2 * MINUTE]),
    isolateLossEveryMs: at(4 * MINUTE),
    peopleEveryMs: dice.pick([MINUTE / 4, MINUTE, 3 * MINUTE]),
    startEveryMs: MINUTE / 4,
    tidyEveryMs: MINUTE / 2,
    // To serve one and hear of it costs a whole edge ten times as much.
    visitorEveryMs: wholeEdges ? 6_000 : dice.pick([2_000, 5_000]),
    waitingMarks: dice.pick([5, 30, 1_000]),
  };
}

/** The same world once everything has healed. */
export const healed = (plan: FaultPlan): FaultPlan => ({
  ...plan,
  hop: 0,
  crash: 0,
  tear: 0,
  freezeEveryMs: NEVER,
  jumpEveryMs: NEVER,
  loseRequest: 0,
  loseAnswer: 0,
  duplicate: 0,
  latencyMs: 20,
  edgeOutageEveryMs: NEVER,
  isolateLossEveryMs: NEVER,
  peopleEveryMs: NEVER,
  visitorEveryMs: NEVER,
  startEveryMs: NEVER,
  tidyEveryMs: NEVER,
});

export const hasClockFaults = ({ jumps, jumpEveryMs, skewMs }: FaultPlan): boolean =>
  skewMs > 0 || (jumps !== 'none' && jumpEveryMs !== NEVER);

import type { Dice } from './dice.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { createCountingCheck } from './invariants/counting.ts';
import type { Ledger } from './ledger.ts';
import type { Parts } from './parts.ts';
import type { SharedStore } from './shared-store.ts';
import type { VirtualTime } from './virtual-time.ts';

export const APARTMENT = 'shop';
export const ENVIRONMENT = 'production';
export const PLACE = { apartment: APARTMENT, environment: ENVIRONMENT };
export const BUILDINGS = ['header', 'main', 'sidebar'] as const;

/** What everybody in a simulation shares. */
export type World = {
  dice: Dice;
  time: VirtualTime;
  /** Changes once, when everything heals. */
  faults: FaultPlan;
  parts: Parts;
  store: SharedStore;
  ledger: Ledger;
  /** Of edges that are not whole. */
  counting: ReturnType<typeof createCountingCheck>;
  /** How often what happened. */
  counts: Record<string, number>;
  count: (what: string) => void;
  /** Remembers what happened, for the story of a failing seed. */
  tell: (who: string, what: string) => void;
  /** An invariant is broken: the world ends. */
  fail: (message: string) => void;
  /** Whether the world has ended, so that nobody goes on. */
  isOver: () => boolean;
};

/** Carries on work that nobody waits for. A failure that nobody expected is a failure of the simulation. */
export function carryOn(world: World, who: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => world.fail(`${who}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`));
}

/** Does something again and again, after irregular pauses of `everyMs` on average; never, when it is infinite. */
export function repeat(world: World, everyMs: () => number, work: () => void): void {
  const again = (): void => {
    const mean = everyMs();
    if (!Number.isFinite(mean)) return;
    world.time.after(world.dice.between(0.5, 1.5) * mean, () => {
      if (world.isOver() || !Number.isFinite(everyMs())) return;
      work();
      again();
    });
  };
  again();
}

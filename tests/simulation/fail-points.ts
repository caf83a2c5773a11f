import type { Machine } from './engine.ts';
import type { Connection } from './shared-store.ts';
import type { World } from './world.ts';

type Method = (...args: unknown[]) => Promise<unknown>;

/** One life of an engine: when it ends, everything that it waits for never comes. */
export type FailPoints = {
  isAlive: () => boolean;
  die: (where: string) => void;
  /** The stores, every call of which may take a moment, be the last, or die half way. */
  guard: <Stores extends object>(stores: Stores) => Stores;
  /** Something outside of the process: it is not heard of any more by an engine that died, and later by one that is stopped. */
  outside: <Result>(work: Promise<Result>) => Promise<Result>;
};

export function createFailPoints(world: World, machine: Machine, connection: Connection, onDeath: () => void): FailPoints {
  const { dice, time } = world;
  let alive = true;

  function die(where: string): void {
    if (!alive) return;
    alive = false;
    world.count('crashes');
    world.tell(machine.name, `died ${where}`);
    onDeath();
  }

  /** Where the process may lose its turn, be stopped, or die. */
  async function pass(where: string): Promise<void> {
    if (alive && dice.chance(world.faults.crash)) die(where);
    if (!alive) return never();
    if (dice.chance(world.faults.hop)) await time.sleep(dice.between(0, world.faults.hopMs));
    while (alive && machine.frozenUntil > time.now()) await time.sleep(machine.frozenUntil - time.now());
    return alive ? undefined : never();
  }

  function guardMethod(name: string, method: Method): Method {
    return async (...args) => {
      await pass(`before ${name}`);
      if (!alive) return never(); // of something else that it did at this very moment
      // An async method is done with the store when it returns its promise.
      const { died, result } = connection.run(dice.chance(world.faults.tear) ? dice.integer(1, 6) : 0, () => method(...args));
      if (name === 'revisions.commit') world.ledger.touch();
      if (died) {
        result.catch(() => undefined);
        die(`in the middle of ${name}`);
        return never();
      }
      await result;
      await pass(`after ${name}`);
      return result;
    };
  }

  return {
    isAlive: () => alive,
    die,
    guard<Stores extends object>(stores: Stores): Stores {
      const guarded = Object.entries(stores).map(([store, methods]: [string, Record<string, Method>]) => [
        store,
        Object.fromEntries(
          Object.entries(methods).map(([name, method]) => [
            name,
            guardMethod(`${store}.${name}`, (...args) => method.apply(methods, args)),
          ]),
        ),
      ]);
      return Object.fromEntries(guarded) as Stores;
    },
    async outside(work) {
      try {
        return await work;
      } finally {
        await pass('while it waited');
      }
    },
  };
}

const never = (): Promise<never> => new Promise(() => undefined);

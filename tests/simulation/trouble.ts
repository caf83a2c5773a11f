import type { Edge } from './edge.ts';
import type { Machine } from './engine.ts';
import { type World, repeat } from './world.ts';

/** Whatever happens to machines from outside: stops, clock jumps, outages, lost isolates. */
export function keepTrouble(world: World, machines: readonly Machine[], edges: readonly Edge[], edgeClock: { offsetMs: number }): void {
  const { dice, time } = world;
  repeat(
    world,
    () => world.faults.freezeEveryMs,
    () => {
      const machine = dice.pick(machines);
      machine.frozenUntil = time.now() + Math.round(dice.between(0, world.faults.freezeMs));
      world.count('stops');
      world.tell(machine.name, `stopped until ${machine.frozenUntil}`);
    },
  );
  repeat(
    world,
    () => world.faults.jumpEveryMs,
    () => {
      const { jumps, jumpMs } = world.faults;
      if (jumps === 'none') return;
      const clock = dice.chance(0.1) ? edgeClock : dice.pick(machines).clock;
      const byMs = Math.round(dice.between(jumps === 'both' ? -jumpMs : -jumpMs, jumps === 'both' ? jumpMs : 0));
      clock.offsetMs += byMs;
      world.count(byMs < 0 ? 'jumps back' : 'jumps forward');
      world.tell('clock', `jumped by ${byMs} ms, to ${clock.offsetMs}`);
    },
  );
  repeat(
    world,
    () => world.faults.edgeOutageEveryMs,
    () => {
      const edge = dice.pick(edges);
      edge.downUntil = time.now() + Math.round(dice.between(0, world.faults.edgeOutageMs));
      world.count('outages');
    },
  );
  repeat(
    world,
    () => world.faults.isolateLossEveryMs,
    () => {
      dice.pick(edges).restart();
      world.count('lost isolates');
    },
  );
}

import { NoAnswer } from './engine.ts';
import type { World } from './world.ts';

const TIME_OUT_MS = 5_000;

/** A request over the simulated network: late, lost on the way there or back, or carried out twice. */
export async function overNetwork<Answer>(world: World, call: () => Promise<Answer>): Promise<Answer> {
  const { dice, time } = world;
  const { faults } = world;
  await time.sleep(dice.between(0, faults.latencyMs));
  if (dice.chance(faults.loseRequest)) return timeOut(world, 'lost-requests');
  if (dice.chance(faults.duplicate)) {
    world.count('duplicates');
    time.after(dice.between(0, 10 * faults.latencyMs), () => void (async () => call())().catch(() => undefined));
  }
  const answer = await call();
  if (dice.chance(faults.loseAnswer)) return timeOut(world, 'lost-answers');
  await time.sleep(dice.between(0, faults.latencyMs));
  return answer;
}

async function timeOut(world: World, what: string): Promise<never> {
  world.count(what);
  await world.time.sleep(TIME_OUT_MS);
  throw new NoAnswer(what);
}

import { liveRollouts } from '#engine/domain/rollout-state.ts';
import type { Edge, Report, Visit } from './edge.ts';
import { NoAnswer } from './engine.ts';
import { PANEL } from './ledger.ts';
import { type World, carryOn, repeat } from './world.ts';

/** What visitors of a unit see of it. */
export type Quality = { errors: number; latencyMs: number; feedback: number };

export const GOOD: Quality = { errors: 0, latencyMs: 120, feedback: 95 };

/** Keeps visitors coming while a rollout is under way, some of them again and again; each tells after a while how it went. */
export function keepVisiting(world: World, edges: readonly Edge[], qualityOf: (unit: string) => Quality): void {
  const { dice, time } = world;
  let newcomers = 0;
  const isBusy = (): boolean => liveRollouts(world.ledger.chain.at(-1)!.document).length > 0;

  function reportsOf({ units }: Visit): Report[] {
    return Object.entries(units).flatMap(([building, unit]): Report[] => {
      const { errors, latencyMs, feedback } = qualityOf(unit);
      const failed = dice.chance(errors);
      return [
        failed && dice.chance(0.3) ? { building, kind: 'load_failed' } : { building, kind: 'loaded' },
        { building, kind: 'latency', value: latencyMs * dice.between(0.6, 1.5) },
        ...(failed ? [{ building, kind: 'error' } as const] : []),
        ...(dice.chance(0.2) ? [{ building, kind: 'feedback', value: feedback } as const] : []),
      ];
    });
  }

  async function come(): Promise<void> {
    if (!isBusy()) return;
    const edge = dice.pick(edges);
    if (edge.downUntil > time.now()) return;
    const key = dice.chance(0.5) ? dice.pick(PANEL) : `newcomer-${newcomers++}`;
    const visit = await edge.visit(key);
    world.count('visits');
    if (!visit || dice.chance(0.05)) return; // gone before it could tell
    await time.sleep(dice.between(200, 20_000));
    const reports = reportsOf(visit);
    if (reports.length > 0) await visit.report(reports);
  }

  repeat(
    world,
    () => world.faults.visitorEveryMs,
    () =>
      carryOn(
        world,
        'a visitor',
        come().catch((error: unknown) => {
          if (!(error instanceof NoAnswer)) throw error;
        }),
      ),
  );
}

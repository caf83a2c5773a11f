import type { MetricSources } from '#engine/adapters/create-metric-sources.ts';
import type { MetricQuery } from '#schemas/analysis.ts';
import type { World } from './world.ts';

const SOURCE = 'orders';

/** What a plan asks the simulated source. */
export const QUERY: MetricQuery = { kind: 'web', source: SOURCE, path: '/failed', pointer: '' };

/** An outside source: slow, and now and then without an answer, or with none that is a number. */
export function createSimulatedSource(world: World): MetricSources {
  const { dice, time } = world;
  return {
    kinds: new Map([[SOURCE, 'web']]),
    async ask() {
      await time.sleep(dice.between(0, world.faults.latencyMs));
      world.count('measurements');
      if (dice.chance(world.faults.loseRequest)) return { outcome: 'error', reason: 'no answer' };
      if (dice.chance(0.05)) return { outcome: 'inconclusive', reason: 'NaN' };
      return { outcome: 'value', value: dice.chance(0.05) ? 9 : 1 };
    },
  };
}

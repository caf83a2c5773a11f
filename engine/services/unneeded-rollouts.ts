import type { CountedRollout } from '#engine/db/health-store.ts';
import type { Services } from './context.ts';
import { stateKey } from './fold-health.ts';
import type { Rollout } from '#schemas/rollout.ts';

/**
 * The rollouts of which something was counted that nobody needs any more, as `isNeeded` says of those in the heads. One that
 * begins meanwhile is not among them, however long this takes: what is counted is asked for before the heads are.
 */
export async function unneededRollouts(services: Services, isNeeded: (rollout: Rollout) => boolean): Promise<CountedRollout[]> {
  const counted = await services.health.counted();
  const needed = new Set<string>();
  for (const place of await services.revisions.places()) {
    const head = await services.revisions.head(place);
    for (const rollout of Object.values(head?.document.rollouts ?? {})) if (isNeeded(rollout)) needed.add(stateKey(place, rollout.id));
  }
  return counted.filter((one) => !needed.has(stateKey(one, one.rollout)));
}

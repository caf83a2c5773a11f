import { liveRollouts } from '#engine/domain/rollout-state.ts';
import { beginDueRollouts } from '#engine/services/begin-due-rollouts.ts';
import type { Services } from '#engine/services/context.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { observeRollout } from '#engine/services/observe-rollout.ts';
import type { Revision } from '#schemas/revision.ts';

const ENGINE = { name: 'engine' };

/**
 * Looks at every rollout that has not ended once: load, observe, decide, commit. Level-triggered: it remembers nothing between ticks, so
 * it may be killed at any instant and run again, and a step is taken once. Returns the revisions that it caused. One
 * environment's failure is reported and does not keep the others from being looked at.
 */
export async function tick(services: Services, onError: (error: unknown, where: string) => void): Promise<Revision[]> {
  const caused: Revision[] = [];
  for (const { apartment, environment } of await services.revisions.places()) {
    const place = { apartment, environment };
    try {
      const head = await services.revisions.head(place);
      if (!head) continue;
      for (const rollout of liveRollouts(head.document)) {
        const verdict = await observeRollout(services, place, rollout);
        const { revision, changed } = await moveRollout(services, place, { type: 'judge-rollout', rollout: rollout.id, verdict }, ENGINE);
        if (changed) caused.push(revision);
      }
      caused.push(...(await beginDueRollouts(services, place, head, ENGINE)));
    } catch (error) {
      onError(error, `${apartment}/${environment}`);
    }
  }
  return caused;
}

import { liveRollouts } from '#engine/domain/rollout-state.ts';
import type { Services } from '#engine/services/context.ts';

/** How long what was counted of an ended rollout is kept, from its last report on. */
export const ENDED_HEALTH_KEPT_MS = 90 * 24 * 60 * 60_000;

/**
 * Keeps health small: points of charts become hours after two days and days after thirty, and what was counted of rollouts
 * that ended long ago goes. Returns of how many. Verdicts and what they saw are in the chain of revisions for good.
 */
export async function thinOutHealth(services: Services): Promise<number> {
  const now = services.now();
  await services.health.thinOut(now);
  const live = [];
  for (const place of await services.revisions.places()) {
    const head = await services.revisions.head(place);
    if (head) live.push(...liveRollouts(head.document).map(({ id }) => ({ ...place, rollout: id })));
  }
  return services.health.forgetHealthExcept(live, now - ENDED_HEALTH_KEPT_MS);
}

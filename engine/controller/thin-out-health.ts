import { isLive } from '#schemas/rollout-reading.ts';
import type { Services } from '#engine/services/context.ts';
import { unneededRollouts } from '#engine/services/unneeded-rollouts.ts';

/** How long what was counted of an ended rollout is kept, from its last report on. */
export const ENDED_HEALTH_KEPT_MS = 90 * 24 * 60 * 60_000;

/**
 * Keeps health small: points of charts become hours after two days and days after thirty, and what was counted of rollouts
 * that ended long ago goes. Returns of how many. Verdicts and what they saw are in the chain of revisions for good.
 */
export async function thinOutHealth(services: Services): Promise<number> {
  const now = services.now();
  await services.health.thinOut(now);
  const ended = await unneededRollouts(services, isLive);
  return services.health.forgetHealth(ended, now - ENDED_HEALTH_KEPT_MS);
}

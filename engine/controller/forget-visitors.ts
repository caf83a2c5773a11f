import type { Services } from '#engine/services/context.ts';
import { TICKET_LIFETIME_MS } from '#schemas/limits.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import { unneededRollouts } from '#engine/services/unneeded-rollouts.ts';

const MEASUREMENTS_KEPT_MS = 7 * 24 * 60 * 60_000;

/** Forgets old requests and measurements, and which visitors counted for rollouts whose tickets have all expired. Returns how many visitors went. */
export async function forgetVisitors(services: Services): Promise<number> {
  const expired = services.now() - TICKET_LIFETIME_MS;
  await services.revisions.forgetRequests(expired);
  await services.measurements.forgetBefore(services.now() - MEASUREMENTS_KEPT_MS);
  const over = await unneededRollouts(services, (rollout) => isLive(rollout) || (rollout.ended_at ?? 0) > expired);
  return services.health.forgetVisitors(over);
}

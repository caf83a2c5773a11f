import type { Services } from '#engine/services/context.ts';
import { isLive } from '#engine/domain/rollout-state.ts';
import { TICKET_LIFETIME_MS } from '#schemas/limits.ts';

const MEASUREMENTS_KEPT_MS = 7 * 24 * 60 * 60_000;

/** Forgets old requests and measurements, and which visitors counted for rollouts whose tickets have all expired. Returns how many visitors went. */
export async function forgetVisitors(services: Services): Promise<number> {
  const expired = services.now() - TICKET_LIFETIME_MS;
  await services.revisions.forgetRequests(expired);
  await services.measurements.forgetBefore(services.now() - MEASUREMENTS_KEPT_MS);
  const keep = [];
  for (const place of await services.revisions.places()) {
    const head = await services.revisions.head(place);
    for (const rollout of Object.values(head?.document.rollouts ?? {})) {
      if (isLive(rollout) || (rollout.ended_at ?? 0) > expired) keep.push({ ...place, rollout: rollout.id });
    }
  }
  return services.health.forgetVisitorsExcept(keep);
}

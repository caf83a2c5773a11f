import { armPoints, stepMarks, timePoints, usualLength } from '#engine/domain/evidence/health-points.ts';
import { controlOf } from '#engine/domain/experiment.ts';
import { MS_PER_MINUTE } from '#engine/domain/rollout-state.ts';
import type { HealthQuery, RolloutHealth } from '#schemas/health-points.ts';
import type { Place, Services } from './context.ts';
import { requireRollout } from './view-rollouts.ts';

/** Reports of those who were given it come in for so long after its end; then there is nothing more to be seen. */
const AFTER_END_MS = 5 * MS_PER_MINUTE;

/**
 * The rollout's health over time, as far as it is folded (which every tick does) and still kept. `from` is in epoch ms, `minutes` how
 * long a point is. Refused with `not-found` when the head does not know the rollout.
 */
export async function viewHealth(services: Services, place: Place, id: string, query: HealthQuery): Promise<RolloutHealth> {
  const { rollout } = await requireRollout(services, place, id);
  const from = Math.max(query.from ?? 0, rollout.periods?.[0]?.started_at ?? rollout.started_at);
  const { ended_at: endedAt = Number.POSITIVE_INFINITY } = rollout;
  const to = Math.max(from, Math.min(services.now(), endedAt + AFTER_END_MS));
  const minutes = query.minutes ?? usualLength(from, to);
  const counted = await services.health.points(place, id, from);
  return {
    rollout: id,
    control: controlOf(rollout),
    from,
    to,
    minutes,
    points: timePoints(counted, minutes),
    arms: armPoints(counted),
    steps: stepMarks(rollout, from),
  };
}

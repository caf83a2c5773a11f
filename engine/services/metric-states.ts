import { metricStatesOf } from '#engine/domain/metric-states.ts';
import { metricSubjects } from '#engine/domain/metric-subjects.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { MetricState } from '#schemas/verdict.ts';
import type { Services } from './context.ts';

/** What the rollout's outside metrics came to in its current step; nothing when it has none. */
export async function metricStates(services: Services, place: Place, rollout: Rollout): Promise<MetricState[]> {
  const subjects = (rollout.analysis?.metrics ?? []).flatMap((metric) =>
    metricSubjects(rollout, metric).map(({ name }) => ({
      rollout: rollout.id,
      run: rollout.step_started_at,
      metric: metric.name,
      subject: name,
    })),
  );
  const latest = await Promise.all(subjects.map((subject) => services.measurements.latestAnswered(place, subject)));
  const measured = latest.filter((one) => one !== undefined);
  return metricStatesOf(rollout, measured, services.now());
}

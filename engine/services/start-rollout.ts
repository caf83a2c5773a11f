import type { Place } from '#engine/db/revision-store.ts';
import { type Fault, refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Rollout, RolloutPlan } from '#schemas/rollout.ts';
import type { Unit } from '#schemas/unit.ts';
import { type Actor, change } from './change.ts';
import type { Services } from './context.ts';
import { requireMetricSources } from './require-metric-sources.ts';
import { requireUnits } from './require-units.ts';

/** Starts a rollout of published units; each moves the building that it was made for. */
export async function startRollout(
  services: Services,
  place: Place,
  plan: RolloutPlan,
  actor: Actor,
): Promise<{ revision: Revision; rollout: Rollout }> {
  requireMetricSources(services, plan.analysis);
  const published = await requireUnits(services, place.apartment, plan.units);
  const targets: Record<string, Unit> = {};
  const faults: Fault[] = [];
  published.forEach(({ building, unit }, index) => {
    const other = targets[building];
    if (other) faults.push({ path: `/units/${index}`, message: `${other.id} moves building ${building} too` });
    targets[building] = unit;
  });
  if (faults.length > 0) refuse('unprocessable', 'The rollout cannot be started.', faults);
  const first = Object.keys(targets)[0]!.slice(0, 50);
  const id = `${first}-${services.randomId(6)}`;
  const salt = services.randomId(16);
  const { revision } = await change(services, place, actor, () => ({ type: 'start-rollout', id, salt, plan, targets }));
  const started = revision.cause.type === 'start-rollout' ? revision.cause.id : id; // the first time this very request came
  return { revision, rollout: revision.document.rollouts[started]! };
}

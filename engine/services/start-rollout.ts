import type { Place } from '#engine/db/revision-store.ts';
import type { CommandOf } from '#schemas/command.ts';
import { type Fault, refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Rollout, RolloutPlan } from '#schemas/rollout.ts';
import type { Unit } from '#schemas/unit.ts';
import { type Actor, change } from './change.ts';
import type { Services } from './context.ts';
import { requireMetricSources } from './require-metric-sources.ts';
import { requireNeeds } from './require-needs.ts';
import { requireUnits } from './require-units.ts';

/** Starts a rollout of published units, or plans it for later; each unit moves the building that it was made for. */
export async function startRollout(
  services: Services,
  place: Place,
  plan: RolloutPlan,
  actor: Actor,
  more: Pick<CommandOf<'start-rollout'>, 'retry_of' | 'release' | 'origin'> = {},
): Promise<{ revision: Revision; rollout: Rollout }> {
  requireMetricSources(services, plan.analysis);
  const units = await unitsOfPlan(services, place, plan);
  const first = Object.keys(Object.assign({}, units.targets, ...Object.values(units.variants ?? {})) as object)[0] ?? 'test';
  const id = `${first.slice(0, 50)}-${services.randomId(6)}`;
  const salt = services.randomId(16);
  const command = { type: 'start-rollout' as const, id, salt, plan, ...units, ...more };
  const all = [units.targets, ...Object.values(units.variants ?? {})].flatMap((one) => Object.values(one));
  const { revision } = await change(services, place, actor, async (head) => {
    if (head) await requireNeeds(services, head.document, all, (unit) => pathInPlan(plan, unit));
    return command;
  });
  const started = revision.cause.type === 'start-rollout' ? revision.cause.id : id; // the first time this very request came
  return { revision, rollout: revision.document.rollouts[started]! };
}

function pathInPlan({ units, experiment }: RolloutPlan, unit: string): string {
  const index = experiment?.variants.findIndex((variant) => variant.units.includes(unit)) ?? -1;
  return index < 0
    ? `/units/${units.indexOf(unit)}`
    : `/experiment/variants/${index}/units/${experiment!.variants[index]!.units.indexOf(unit)}`;
}

/** All units that the plan names, by building; of an A/B test, by variant. */
async function unitsOfPlan(
  services: Services,
  place: Place,
  plan: RolloutPlan,
): Promise<Pick<CommandOf<'start-rollout'>, 'targets' | 'variants'>> {
  const byBuilding = async (ids: readonly string[], path: string): Promise<Record<string, Unit>> => {
    const published = await requireUnits(services, place.apartment, ids, (index) => `${path}/${index}`);
    const targets: Record<string, Unit> = {};
    const faults: Fault[] = [];
    published.forEach(({ building, unit }, index) => {
      const other = targets[building];
      if (other) faults.push({ path: `${path}/${index}`, message: `${other.id} moves building ${building} too` });
      targets[building] = unit;
    });
    if (faults.length > 0) refuse('unprocessable', 'The rollout cannot be started.', faults);
    return targets;
  };
  if (!plan.experiment) return { targets: await byBuilding(plan.units, '/units') };
  const variants: Record<string, Record<string, Unit>> = {};
  for (const [index, { name, units }] of plan.experiment.variants.entries()) {
    variants[name] = await byBuilding(units, `/experiment/variants/${index}/units`);
  }
  return { targets: {}, variants };
}

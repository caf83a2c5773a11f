import { invalidRequest } from '#schemas/parse.ts';
import type { Fault } from '#schemas/problem.ts';
import { RolloutPlan, type RolloutPlanInput } from '#schemas/rollout.ts';
import { inWords } from '../fields/fault-words.ts';
import { unreadBounds } from './metric-form.ts';
import type { StartForm } from './start-form.ts';
import { toPlan } from './to-plan.ts';

/** The plan that the form means, or all its faults, by the very schema that the engine uses. */
export function checkForm(form: StartForm): { plan: RolloutPlanInput; faults: Fault[] } {
  const plan = toPlan(form);
  const result = RolloutPlan.safeParse(plan, { error: inWords });
  const faults = unreadBounds(result.success ? [] : (invalidRequest(result.error).errors ?? []), form.metrics);
  return { plan, faults: [...unchosen(form).filter(({ path }) => !faults.some((fault) => fault.path.startsWith(path))), ...faults] };
}

/** The schema asks for units only once everything else is right; somebody who fills in a form wants to know at once. */
function unchosen(form: StartForm): Fault[] {
  if (form.strategy !== 'ab_test') return form.units.every((unit) => unit === null) ? [{ path: '/units', message: 'choose a unit' }] : [];
  return form.variants.some(({ units }) => units.some((unit) => unit !== null))
    ? []
    : [{ path: `/experiment/variants/${form.variants.length - 1}/units`, message: 'choose the unit of at least one variant' }];
}

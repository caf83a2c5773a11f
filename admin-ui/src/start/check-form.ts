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
  const found = unreadBounds(result.success ? [] : (invalidRequest(result.error).errors ?? []), form.metrics);
  const faults = found.filter(({ path }) => !isInherited(path, form));
  return { plan, faults: [...unchosen(form).filter(({ path }) => !faults.some((fault) => fault.path.startsWith(path))), ...faults] };
}

/** Whether a step's minutes are at fault that it has from the field for all steps, which is told of them already. */
function isInherited(path: string, { each_step: steps }: StartForm): boolean {
  const [, step] = /^\/steps\/(\d+)\/duration/.exec(path) ?? [];
  return step !== undefined && (steps[Number(step)]?.duration ?? '') === '';
}

/**
 * The schema asks for units only once everything else is right; somebody who fills in a form wants to know at once. Of several
 * that move together each is to be chosen, or it would be left out without a word.
 */
function unchosen(form: StartForm): Fault[] {
  if (form.strategy !== 'ab_test') {
    return form.units.flatMap((unit, index) =>
      unit === null ? [{ path: index === 0 ? '/units' : `/units/${index}`, message: 'choose a unit' }] : [],
    );
  }
  const others = form.variants.flatMap(({ units }, variant) =>
    units.flatMap((unit, index) =>
      unit === null && index > 0 ? [{ path: `/experiment/variants/${variant}/units/${index}`, message: 'choose a unit' }] : [],
    ),
  );
  const isEmpty = form.variants.every(({ units }) => units.every((unit) => unit === null));
  return isEmpty
    ? [{ path: `/experiment/variants/${form.variants.length - 1}/units`, message: 'choose the unit of at least one variant' }]
    : others;
}

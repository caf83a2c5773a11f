import type { Fault } from '#schemas/problem.ts';
import { type PlacedFaults, placeFaults } from '../start/place-faults.ts';
import { capitalize } from '../words/format.ts';

const STEP = /^\/steps\/(\d+)(?:\/(percentage|duration|gate|role))?/;

/** Each fault at the field that caused it; those of what is not in the form are told above its buttons. */
export function placeEditFaults(faults: readonly Fault[], count: number, isShown: (field: string) => boolean): PlacedFaults {
  const placed: PlacedFaults = { fields: {}, elsewhere: [] };
  const rest: Fault[] = [];
  for (const { path: full, message } of faults) {
    const path = full.replace(/^\/changes(?=\/|$)/, '');
    const [, index, part = 'percentage'] = STEP.exec(path) ?? [];
    if (index === undefined || Number(index) >= count) rest.push({ path, message });
    else {
      const field = `edit_steps.${index}.${part === 'duration' ? part : 'percentage'}`;
      placed.fields[field] = [...(placed.fields[field] ?? []), `${capitalize(message)}.`];
    }
  }
  const others = placeFaults(rest, isShown);
  return { fields: { ...others.fields, ...placed.fields }, elsewhere: others.elsewhere };
}

import type { Fault } from '#schemas/problem.ts';
import { capitalize } from '../words/format.ts';
import type { StartForm } from './start-form.ts';

type Field = keyof StartForm;

/** Where in the plan a field's value goes; a fault there, or below, is shown at the field. */
const FIELDS: readonly [pointer: string, field: Field, item?: string][] = [
  ['/units', 'unit'],
  ['/strategy', 'strategy'],
  ['/steps', 'steps', 'Step'],
  ['/duration', 'duration'],
  ['/monitoring/min_health_score', 'min_health_score'],
  ['/monitoring/max_error_rate', 'max_error_rate'],
  ['/monitoring/min_feedback', 'min_feedback'],
  ['/monitoring/min_samples', 'min_samples'],
  ['/criteria/geo_regions', 'countries', 'Country'],
  ['/criteria/user_segments', 'segments', 'Segment'],
  ['/criteria/feature_flags', 'flags', 'Flag'],
  ['/reason', 'reason'],
];

export type PlacedFaults = { fields: Partial<Record<Field, string[]>>; elsewhere: string[] };

/** Puts each fault of a problem at the field that caused it. A field that is not on the screen cannot show its own. */
export function placeFaults(faults: readonly Fault[], isShown: (field: Field) => boolean): PlacedFaults {
  const placed: PlacedFaults = { fields: {}, elsewhere: [] };
  for (const { path, message } of faults) {
    const found = FIELDS.find(([pointer]) => path === pointer || path.startsWith(`${pointer}/`));
    if (!found || !isShown(found[1])) {
      placed.elsewhere.push([path, message].filter(Boolean).join(': '));
      continue;
    }
    const [pointer, field, item] = found;
    const index = Number(path.slice(pointer.length + 1).split('/')[0]);
    const words =
      item && path.length > pointer.length && Number.isInteger(index) ? `${item} ${index + 1}: ${message}` : capitalize(message);
    placed.fields[field] = [...(placed.fields[field] ?? []), `${words}.`];
  }
  return placed;
}

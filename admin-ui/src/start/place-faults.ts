import type { Fault } from '#schemas/problem.ts';
import type { FaultsByField } from '../fields/form-faults.ts';
import { capitalize } from '../words/format.ts';

/** Where in the plan a field's value goes; a fault there, or below, is shown at the field. `$1` is a part of the pointer. */
const FIELDS: readonly [pointer: RegExp, field: string, item?: string][] = [
  [/^\/units\/([1-9]\d*)/, 'units.$1'],
  [/^\/units/, 'units', 'Unit'],
  [/^\/strategy/, 'strategy'],
  [/^\/steps\/(\d+)\/duration/, 'each_step.$1'],
  [/^\/steps/, 'steps', 'Step'],
  [/^\/ramp\/from/, 'ramp_from'],
  [/^\/ramp/, 'ramp_count'],
  [/^\/follow_up/, 'follow_up'],
  [/^\/duration/, 'duration'],
  [/^\/experiment\/variants\/(\d+)\/units\/([1-9]\d*)/, 'variants.$1.units.$2'],
  [/^\/experiment\/variants\/(\d+)\/(name|weight|units)/, 'variants.$1.$2'],
  [/^\/experiment\/horizon\/visitors/, 'horizon_visitors'],
  [/^\/experiment\/horizon/, 'horizon_minutes'],
  [/^\/experiment\/(goal|min_difference|promote_winner)/, '$1'],
  [/^\/experiment/, 'variants'],
  [/^\/monitoring\/(min_health_score|max_error_rate|min_feedback|min_samples)/, '$1'],
  [/^\/analysis\/(compare|promotion|warm_up)/, '$1'],
  [/^\/analysis\/exclude/, 'exclude', 'Number'],
  [/^\/analysis\/segments/, 'compared_segments', 'Segment'],
  [/^\/analysis\/metrics\/(\d+)\/query\/(source|query|path|pointer|range)/, 'metrics.$1.$2'],
  [/^\/analysis\/metrics\/(\d+)\/(failure_limit|inconclusive_limit|consecutive_error_limit)/, 'metrics.$1.$2'],
  [/^\/analysis\/metrics\/(\d+)\/(name|failure|success|interval_seconds|initial_delay_seconds)/, 'metrics.$1.$2'],
  [/^\/analysis\/metrics\/(\d+)/, 'metrics.$1.failure'],
  [/^\/criteria\/geo_regions/, 'countries', 'Country'],
  [/^\/criteria\/user_segments/, 'segments', 'Segment'],
  [/^\/criteria\/feature_flags/, 'flags', 'Flag'],
  [/^\/after/, 'after', 'Rollout'],
  [/^\/(start_at|approvals|progress_deadline|on_deadline|override_freeze|reason)/, '$1'],
];

export type PlacedFaults = { fields: FaultsByField; elsewhere: string[] };

/** Puts each fault of a problem at the field that caused it. A field that is not on the screen cannot show its own. */
export function placeFaults(faults: readonly Fault[], isShown: (field: string) => boolean): PlacedFaults {
  const placed: PlacedFaults = { fields: {}, elsewhere: [] };
  for (const { path, message } of faults) {
    const found = fieldOf(path);
    if (!found || !isShown(found.name)) {
      placed.elsewhere.push([path, message].filter(Boolean).join(': '));
      continue;
    }
    const { name, item, rest } = found;
    const index = Number(rest.slice(1).split('/')[0]);
    const words = item && rest !== '' && Number.isInteger(index) ? `${item} ${index + 1}: ${message}` : capitalize(message);
    placed.fields[name] = [...(placed.fields[name] ?? []), `${words}.`];
  }
  return placed;
}

/** The field that a pointer lies in, what its items are called, and what of the pointer lies below it. */
function fieldOf(path: string): { name: string; item: string | undefined; rest: string } | undefined {
  for (const [pointer, field, item] of FIELDS) {
    const found = pointer.exec(path);
    if (!found) continue;
    const rest = path.slice(found[0].length);
    if (rest !== '' && !rest.startsWith('/')) continue; // another name that only begins so
    return { name: field.replace(/\$(\d)/g, (_, number: string) => found[Number(number)]!), item, rest };
  }
  return undefined;
}

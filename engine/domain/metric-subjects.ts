import type { Metric } from '#schemas/analysis.ts';
import { placeholdersOf } from '#schemas/metric-text.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { armsOf, controlOf } from './experiment.ts';

/** What a metric is asked for on its own. `name` has what the query depends on: `arm`, `building`, `arm/building`, or nothing. */
export type MetricSubject = { name: string; arm: string; building: string; unit: string };

/** For each arm but the control, the unit of each building. */
function unitsOfArms(rollout: Rollout): Omit<MetricSubject, 'name'>[] {
  return armsOf(rollout)
    .filter(({ name }) => name !== controlOf(rollout))
    .flatMap(({ name, units }) => Object.entries(units).map(([building, unit]) => ({ arm: name, building, unit })));
}

/**
 * A query that names the arm is asked for each arm but the control, one that names the building for each building, one that
 * names the unit for each of both, and any other once.
 */
export function metricSubjects(rollout: Rollout, { query }: Metric): MetricSubject[] {
  const named = placeholdersOf(query.kind === 'prometheus' ? query.query : query.path);
  const byArm = named.includes('arm') || named.includes('unit');
  const byBuilding = named.includes('building') || named.includes('unit');
  const subjects = new Map<string, MetricSubject>();
  for (const one of unitsOfArms(rollout)) {
    const name = [...(byArm ? [one.arm] : []), ...(byBuilding ? [one.building] : [])].join('/');
    if (!subjects.has(name)) subjects.set(name, { name, ...one });
  }
  return [...subjects.values()];
}

import type { Place } from '#engine/db/revision-store.ts';
import type { OverrideRequest } from '#schemas/api.ts';
import { type Fault, refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import { type Actor, change } from './change.ts';
import type { Services } from './context.ts';
import { requireNeeds } from './require-needs.ts';
import { requireUnits } from './require-units.ts';

/** Gives certain visitors certain published units, each in the building that it was made for. */
export async function setOverride(
  services: Services,
  place: Place,
  name: string,
  { units: ids, ...who }: OverrideRequest,
  actor: Actor,
): Promise<Revision> {
  const published = await requireUnits(services, place.apartment, ids);
  const faults = published.flatMap(({ building }, index): Fault[] =>
    published.findIndex((other) => other.building === building) === index
      ? []
      : [{ path: `/units/${index}`, message: `another unit is for building ${building} too` }],
  );
  if (faults.length > 0) refuse('unprocessable', 'The override cannot be set.', faults);
  const units = Object.fromEntries(published.map(({ building, unit }) => [building, unit.id]));
  const named = published.map(({ unit }) => unit);
  const { revision } = await change(services, place, actor, async (head) => {
    if (head) await requireNeeds(services, head.document, named, (unit) => `/units/${ids.indexOf(unit)}`);
    return { type: 'set-override', name, override: { ...who, units }, units: named };
  });
  return revision;
}

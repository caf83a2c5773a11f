import type { Place } from '#engine/db/revision-store.ts';
import type { OverrideRequest } from '#schemas/api.ts';
import type { Revision } from '#schemas/revision.ts';
import { type Actor, change } from './change.ts';
import type { Services } from './context.ts';
import { requireNeeds } from './require-needs.ts';
import { unitsByBuilding } from './units-by-building.ts';

/** Gives certain visitors certain published units, each in the building that it was made for. */
export async function setOverride(
  services: Services,
  place: Place,
  name: string,
  { units: ids, ...who }: OverrideRequest,
  actor: Actor,
): Promise<Revision> {
  const { units, named } = await unitsByBuilding(services, place.apartment, ids);
  const { revision } = await change(services, place, actor, async (head) => {
    if (head) await requireNeeds(services, head.document, named, (unit) => `/units/${ids.indexOf(unit)}`);
    return { type: 'set-override', name, override: { ...who, units }, units: named };
  });
  return revision;
}

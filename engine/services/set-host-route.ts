import type { Place } from '#engine/db/revision-store.ts';
import type { HostRouteRequest } from '#schemas/api.ts';
import type { Revision } from '#schemas/revision.ts';
import { type Actor, change } from './change.ts';
import type { Services } from './context.ts';
import { requireNeeds } from './require-needs.ts';
import { unitsByBuilding } from './units-by-building.ts';

/** Shows whoever asks at the host these published units, each in the building that it was made for, and else what they would get. */
export async function setHostRoute(
  services: Services,
  place: Place,
  host: string,
  { units: ids, description }: HostRouteRequest,
  actor: Actor,
): Promise<Revision> {
  const { units, named } = await unitsByBuilding(services, place.apartment, ids);
  const { revision } = await change(services, place, actor, async (head) => {
    if (head) await requireNeeds(services, head.document, named, (unit) => `/units/${ids.indexOf(unit)}`);
    return { type: 'set-host-route', host, route: { description, units }, units: named };
  });
  return revision;
}

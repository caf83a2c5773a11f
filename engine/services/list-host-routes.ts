import type { Place } from '#engine/db/revision-store.ts';
import type { HostRouteList } from '#schemas/api.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';

/** The hosts of an environment where something else is shown, by name, each with the time when it goes. */
export async function listHostRoutes(services: Services, place: Place): Promise<HostRouteList> {
  const { document } = await requireHead(services, place);
  const routes = Object.entries(document.host_routes ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    host_routes: await Promise.all(
      routes.map(async ([host, route]) => {
        const records = await Promise.all(Object.values(route.units).map((id) => services.units.get(place.apartment, id)));
        const ends = records.flatMap((record) => record?.expired_at ?? record?.expires_at ?? []);
        return { host, ...route, expires_at: ends.length === 0 ? null : Math.min(...ends) };
      }),
    ),
  };
}

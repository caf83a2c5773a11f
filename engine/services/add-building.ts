import type { Place } from '#engine/db/revision-store.ts';
import { refuse } from '#schemas/problem.ts';
import type { BuildingCategory } from '#schemas/manifest.ts';
import type { Revision } from '#schemas/revision.ts';
import { type Actor, change } from './change.ts';
import type { Services } from './context.ts';
import { requireUnits } from './require-units.ts';

/** Adds a building with the unit that it shows first. */
export async function addBuilding(
  services: Services,
  place: Place,
  building: string,
  request: { category: BuildingCategory; unit: string },
  actor: Actor,
): Promise<Revision> {
  const [published] = await requireUnits(services, place.apartment, [request.unit], () => '/unit');
  if (published!.building !== building) {
    refuse('unprocessable', 'The building cannot be added.', [
      { path: '/unit', message: `${request.unit} was made for building ${published!.building}` },
    ]);
  }
  const { unit } = published!;
  const { revision } = await change(services, place, actor, () => ({ type: 'add-building', building, category: request.category, unit }));
  return revision;
}

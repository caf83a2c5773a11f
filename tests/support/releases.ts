import type { UnitSight } from '#schemas/drift.ts';
import { addBuilding } from '#engine/services/add-building.ts';
import { change } from '#engine/services/change.ts';
import { createRelease } from '#engine/services/create-release.ts';
import type { DeployRequest, PromoteUnitsRequest } from '#schemas/api.ts';
import { DeployRequest as DeploySchema, PromoteUnitsRequest as PromoteSchema } from '#schemas/api.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Unit } from '#schemas/unit.ts';
import { PLACE } from './fixtures.ts';
import { ANA, type TestServices, seedShop, testServices } from './services.ts';

/** Releases and environments to test with. */

export const STAGING = { apartment: 'shop', environment: 'staging' };
export const everybody = (): boolean => true;

/** shop/production at 1.0.0 and shop/staging at 1.1.0, with URLs that serve what they should unless `serves` says otherwise. */
export async function twoEnvironments(): Promise<TestServices & { serves: Map<string, UnitSight['found']>; looks: () => number }> {
  const services = testServices();
  await seedShop(services);
  await change(services, STAGING, ANA, () => ({ type: 'create' }));
  for (const name of ['header', 'main', 'sidebar'] as const)
    await addBuilding(services, STAGING, name, { category: name, unit: `${name}@1.1.0` }, ANA);
  const serves = new Map<string, UnitSight['found']>();
  let looks = 0;
  const unit = async ({ id, url, checksum }: Unit): Promise<UnitSight> => {
    looks++;
    return { unit: id, url, checksum, found: serves.get(id) ?? 'same' };
  };
  return Object.assign(services, { probe: { edges: async () => [], unit }, serves, looks: () => looks });
}

export const deployOf = (release: string, more: Partial<DeployRequest> = {}): DeployRequest => DeploySchema.parse({ release, ...more });
export const promotionOf = (request: object): PromoteUnitsRequest => PromoteSchema.parse(request);

export const makeRelease = (services: TestServices, version: string, units: string[], dataset?: string) =>
  createRelease(services, 'shop', { version, units, ...(dataset === undefined ? {} : { dataset }) }, ANA, everybody);

/** building → the version that it shows */
export const shown = ({ document }: Pick<Revision, 'document'>): Record<string, string> =>
  Object.fromEntries(Object.entries(document.buildings).map(([name, { active_unit: id }]) => [name, id.slice(id.indexOf('@') + 1)]));

export const headOf = async (services: TestServices, place = PLACE): Promise<Revision> => (await services.revisions.head(place))!;

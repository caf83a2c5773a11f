import { unitReferences } from '#engine/domain/unit-references.ts';
import type { UnitReference } from '#schemas/registry.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Services } from './context.ts';

/**
 * Everything that keeps a unit from going: what the head documents of all environments of the apartment say. Whatever else
 * comes to point at units belongs here. History does not: its documents embed their units, so they read and restore without
 * the registry.
 */
export async function whatPointsAt(services: Services, apartment: string, id: string): Promise<UnitReference[]> {
  return referencesIn(await headsOf(services, apartment), id);
}

/** For several units at once: what {@link headsOf} read is asked for each. */
export function referencesIn(heads: readonly Revision[], id: string): UnitReference[] {
  return heads.flatMap(({ environment, number, document }) =>
    unitReferences(document, id).map((reference) => ({ environment, revision: number, ...reference })),
  );
}

/** The heads of all environments of the apartment. */
export async function headsOf(services: Services, apartment: string): Promise<Revision[]> {
  const places = (await services.revisions.places()).filter((place) => place.apartment === apartment);
  const heads = await Promise.all(places.map(({ environment }) => services.revisions.head({ apartment, environment })));
  return heads.filter((head) => head !== null);
}

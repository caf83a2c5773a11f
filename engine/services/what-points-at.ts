import { unitReferences } from '#engine/domain/unit-references.ts';
import type { UnitReference } from '#schemas/registry.ts';
import type { Release } from '#schemas/release.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Services } from './context.ts';

/** Whatever can point at units of an apartment: the head of each of its environments, and its releases. */
export type Pointers = { heads: readonly Revision[]; releases: readonly Release[] };

/**
 * Everything that points at a unit: what the head documents of all environments of the apartment say, and its
 * releases, which may be deployed at any time. Whatever else comes to point at units belongs here. History does not: its
 * documents embed their units, so they read and restore without the registry.
 */
export async function whatPointsAt(services: Services, apartment: string, id: string): Promise<UnitReference[]> {
  return referencesIn(await pointersOf(services, apartment), id);
}

/** For several units at once: what {@link pointersOf} read is asked for each. */
export function referencesIn({ heads, releases }: Pointers, id: string): UnitReference[] {
  return [
    ...heads.flatMap(({ environment, number, document }) =>
      unitReferences(document, id).map((reference) => ({ environment, revision: number, ...reference })),
    ),
    ...releases
      .filter(({ units }) => Object.values(units).some(({ unit }) => unit === id))
      .map(({ version }) => ({ as: 'release' as const, name: version })),
  ];
}

/** Whether such a reference keeps the unit. A host route does not: it is a preview, and goes with what it shows. */
export const isKept = ({ as }: UnitReference): boolean => as !== 'host-route';

export async function pointersOf(services: Services, apartment: string): Promise<Pointers> {
  const places = (await services.revisions.places()).filter((place) => place.apartment === apartment);
  const heads = await Promise.all(places.map(({ environment }) => services.revisions.head({ apartment, environment })));
  return { heads: heads.filter((head) => head !== null), releases: await services.releases.list(apartment) };
}

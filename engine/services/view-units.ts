import semver from 'semver';
import { refuse } from '#schemas/problem.ts';
import type { PublishedUnit, UnitReference, UnitView, VersionPage } from '#schemas/registry.ts';
import type { Services } from './context.ts';
import { pointersOf, referencesIn } from './what-points-at.ts';

/** Which environments the caller may see. */
export type Sees = (environment: string) => boolean;

/** One unit and what needs it. */
export async function viewUnit(services: Services, apartment: string, name: string, version: string, sees: Sees): Promise<UnitView> {
  const id = `${name}@${version}`;
  const published = (await services.units.get(apartment, id)) ?? refuse('not-found', `${id} is not published in ${apartment}.`);
  return { published: visible(published, sees), used_by: seen(referencesIn(await pointersOf(services, apartment), id), sees) };
}

/** The versions of a unit, highest first as semver orders them, each with what needs it. */
export async function listVersions(
  services: Services,
  apartment: string,
  name: string,
  { limit, below }: { limit: number; below?: string | undefined },
  sees: Sees,
): Promise<VersionPage> {
  const all = semver.rsort(await services.units.versions(apartment, name));
  if (all.length === 0) refuse('not-found', `No unit ${name} is published in ${apartment}.`);
  const rest = below === undefined ? all : all.filter((version) => semver.lt(version, below));
  const page = rest.slice(0, limit);
  const pointers = await pointersOf(services, apartment);
  const versions = await Promise.all(
    page.map(async (version): Promise<UnitView> => {
      const id = `${name}@${version}`;
      return { published: visible((await services.units.get(apartment, id))!, sees), used_by: seen(referencesIn(pointers, id), sees) };
    }),
  );
  return { name, versions, next_below: rest.length > limit ? page.at(-1)! : null };
}

const seen = (references: UnitReference[], sees: Sees): UnitReference[] =>
  references.filter(({ environment }) => environment === undefined || sees(environment));

/** The unit without what its candidate went through where the caller may not look. What is kept, and its digest, stay. */
export function visible(published: PublishedUnit, sees: Sees): PublishedUnit {
  const { promotion } = published;
  if (!promotion) return published;
  return { ...published, promotion: { ...promotion, rollouts: promotion.rollouts.filter(({ environment }) => sees(environment)) } };
}

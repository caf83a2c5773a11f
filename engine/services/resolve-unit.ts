import type { Place } from '#engine/db/revision-store.ts';
import type { Document } from '#schemas/document.ts';
import { refuse } from '#schemas/problem.ts';
import type { ResolvedUnit } from '#schemas/where.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';

/** Whether the asker may read the environment. */
export type MayRead = (environment: string) => boolean;

/** So short a beginning stands for nothing. */
const SHORTEST = 3;

/**
 * The place that the name means: the environment of that name, or the only one whose name begins so (`prod` for
 * `production`). What the asker may not read is not there.
 */
export async function resolvePlace(services: Services, apartment: string, name: string, mayRead: MayRead): Promise<Place> {
  const places = await services.revisions.places();
  const names = places.filter((place) => place.apartment === apartment && mayRead(place.environment)).map(({ environment }) => environment);
  if (names.includes(name)) return { apartment, environment: name };
  const meant = name.length < SHORTEST ? [] : names.filter((one) => one.startsWith(name));
  if (meant.length === 1) return { apartment, environment: meant[0]! };
  if (meant.length > 1) refuse('not-found', `${name} could be ${meant.join(' or ')} of ${apartment}; say which.`);
  return refuse('not-found', `There is no environment ${name} of ${apartment}${names.length > 0 ? `; there is ${names.join(', ')}` : ''}.`);
}

/** The building that is called so, else the one that shows a unit of this name; null: there is none. */
export function buildingNamed({ buildings }: Document, name: string): string | null {
  if (Object.hasOwn(buildings, name)) return name;
  const showing = Object.entries(buildings).filter(([, { active_unit: id }]) => id.startsWith(`${name}@`));
  return showing.length === 1 ? showing[0]![0] : null;
}

/**
 * The unit that a reference means now: `header@2.1.0` itself, if it is published, or by `header@production` the one that the
 * head of that environment shows there, whatever is being rolled out. Refused with `not-found`.
 */
export async function resolveUnit(services: Services, apartment: string, ref: string, mayRead: MayRead): Promise<ResolvedUnit> {
  const at = ref.indexOf('@');
  const [name, which] = [ref.slice(0, at), ref.slice(at + 1)];
  if (/^\d/.test(which)) {
    if (!(await services.units.get(apartment, ref))) refuse('not-found', `${ref} is not published for ${apartment}.`);
    return { ref, unit: ref };
  }
  const place = await resolvePlace(services, apartment, which, mayRead);
  const { document, number } = await requireHead(services, place);
  const building = buildingNamed(document, name);
  if (building === null) return refuse('not-found', `${place.environment} has no building ${name}, and none that shows it.`);
  const { active_unit: unit } = document.buildings[building]!;
  return { ref, unit, alias: { environment: place.environment, building, revision: number } };
}

import { refuse } from '#schemas/problem.ts';
import type { PublishedUnit, UnitReference } from '#schemas/registry.ts';
import { parseVersion } from '#schemas/version-tag.ts';
import type { Services } from './context.ts';
import { pointersOf, referencesIn, whatPointsAt } from './what-points-at.ts';

/** Longer than any request takes: one that began while the unit could be had has ended when it goes. */
const GRACE_MS = 10 * 60_000;

/** Lets go of snapshots whose time is up, but of none that anything points at. Returns their ids, with the apartment before them. */
export async function expireUnits(services: Services): Promise<string[]> {
  const gone: string[] = [];
  const due = await services.units.expiring(services.now() - GRACE_MS);
  for (const apartment of new Set(due.map((one) => one.apartment))) {
    const pointers = await pointersOf(services, apartment);
    for (const { id } of due.filter((one) => one.apartment === apartment)) {
      if (referencesIn(pointers, id).length > 0) continue;
      await services.units.expire(apartment, id, services.now());
      gone.push(`${apartment}/${id}`);
    }
  }
  return gone;
}

/** Lets a snapshot go before its time. Refuses what is no snapshot, and `unit-in-use` where something points at it. */
export async function expireUnit(services: Services, apartment: string, name: string, version: string): Promise<PublishedUnit> {
  const id = `${name}@${version}`;
  const parsed = parseVersion(version);
  if ('fault' in parsed || parsed.kind !== 'snapshot') {
    refuse('unprocessable', `${id} is no snapshot, and only snapshots expire.`, [{ path: '/version', message: 'is no snapshot' }]);
  }
  const found = (await services.units.get(apartment, id)) ?? refuse('not-found', `${id} is not published in ${apartment}.`);
  if (found.expired_at !== undefined) return found;
  const references = await whatPointsAt(services, apartment, id);
  if (references.length > 0) {
    const users = references.map(referenceWords).join(', ');
    refuse('unit-in-use', `${id} is used by ${users}, and stays.`);
  }
  await services.units.expire(apartment, id, services.now());
  return (await services.units.get(apartment, id))!;
}

const referenceWords = ({ environment, as, name }: UnitReference): string =>
  environment === undefined ? `${as} ${name}` : `${environment} (${as} ${name})`;

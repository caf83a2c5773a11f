import { hostRoutesTo } from '#engine/domain/host-routes.ts';
import { refuse } from '#schemas/problem.ts';
import type { PublishedUnit, UnitReference } from '#schemas/registry.ts';
import { parseVersion } from '#schemas/version-tag.ts';
import { type Actor, change } from './change.ts';
import type { Services } from './context.ts';
import { type Pointers, isKept, pointersOf, referencesIn } from './what-points-at.ts';

/** Longer than any request takes: one that began while the unit could be had has ended when it goes. */
const GRACE_MS = 10 * 60_000;

type OnError = (error: unknown, where: string) => void;

/**
 * Lets go of snapshots whose time is up, and of the host routes to them, but of none that anything else points at. A snapshot
 * whose routes cannot be removed stays, and is tried again the next time. A route that was made at the very moment its snapshot
 * went is removed too. Returns their ids, with the apartment before them.
 */
export async function expireUnits(services: Services, onError: OnError = rethrow): Promise<string[]> {
  const gone: string[] = [];
  const due = await services.units.expiring(services.now() - GRACE_MS);
  for (const apartment of new Set(due.map((one) => one.apartment))) {
    const pointers = await pointersOf(services, apartment);
    const ids = due.filter((one) => one.apartment === apartment).map(({ id }) => id);
    const free = ids.filter((id) => !referencesIn(pointers, id).some(isKept));
    const stay = await removeRoutesTo(services, pointers.heads, free, { name: 'engine' }, onError);
    for (const id of free.filter((one) => !stay.has(one))) {
      await services.units.expire(apartment, id, services.now());
      gone.push(`${apartment}/${id}`);
    }
  }
  await removeRoutesToNothing(services, onError);
  return gone;
}

/** Whoever sets a route looks whether its units are there before it is written, and they may go in between. */
async function removeRoutesToNothing(services: Services, onError: OnError): Promise<void> {
  for (const place of await services.revisions.places()) {
    try {
      const head = await services.revisions.head(place);
      const shown = new Set(Object.values(head?.document.host_routes ?? {}).flatMap(({ units }) => Object.values(units)));
      const units = await Promise.all([...shown].map((id) => services.units.get(place.apartment, id)));
      const gone = units.flatMap((unit) => (unit?.expired_at === undefined ? [] : [unit.unit.id]));
      if (head && gone.length > 0) await removeRoutesTo(services, [head], gone, { name: 'engine' }, onError);
    } catch (error) {
      onError(error, `${place.apartment}/${place.environment}`);
    }
  }
}

/** Lets a snapshot go before its time, and its host routes. Refuses what is no snapshot, and `unit-in-use` where anything else points at it. */
export async function expireUnit(
  services: Services,
  apartment: string,
  name: string,
  version: string,
  actor: Actor,
): Promise<PublishedUnit> {
  const id = `${name}@${version}`;
  const parsed = parseVersion(version);
  if ('fault' in parsed || parsed.kind !== 'snapshot') {
    refuse('unprocessable', `${id} is no snapshot, and only snapshots expire.`, [{ path: '/version', message: 'is no snapshot' }]);
  }
  const found = (await services.units.get(apartment, id)) ?? refuse('not-found', `${id} is not published in ${apartment}.`);
  if (found.expired_at !== undefined) return found;
  const pointers = await pointersOf(services, apartment);
  const references = referencesIn(pointers, id).filter(isKept);
  if (references.length > 0) {
    const users = references.map(referenceWords).join(', ');
    refuse('unit-in-use', `${id} is used by ${users}, and stays.`);
  }
  await removeRoutesTo(services, pointers.heads, [id], actor, rethrow);
  await services.units.expire(apartment, id, services.now());
  return (await services.units.get(apartment, id))!;
}

/**
 * Removes every host route to units that are about to go, by one revision in each environment that has some. Killed half way, the
 * units are still there, and what is left is done the next time. Returns the units whose routes could not be removed.
 */
async function removeRoutesTo(
  services: Services,
  heads: Pointers['heads'],
  ids: readonly string[],
  { name, role }: Actor,
  onError: OnError,
): Promise<Set<string>> {
  const stay = new Set<string>();
  for (const { apartment, environment, document } of heads) {
    const shown = ids.filter((id) => hostRoutesTo(document, [id]).length > 0);
    if (shown.length === 0) continue;
    try {
      await change(services, { apartment, environment }, role === undefined ? { name } : { name, role }, (head) => {
        const hosts = head ? hostRoutesTo(head.document, shown) : [];
        return { type: 'remove-host-routes', hosts, expired: shown };
      });
    } catch (error) {
      for (const id of shown) stay.add(id);
      onError(error, `${apartment}/${environment}`);
    }
  }
  return stay;
}

function rethrow(error: unknown): never {
  throw error;
}

const referenceWords = ({ environment, as, name }: UnitReference): string =>
  environment === undefined ? `${as} ${name}` : `${environment} (${as} ${name})`;

import { type Fault, refuse } from '#schemas/problem.ts';
import type { PublishedUnit } from '#schemas/registry.ts';
import type { Services } from './context.ts';
import { isKept, whatPointsAt } from './what-points-at.ts';

/**
 * The published units with these ids, in order; all that are missing are named at once, each at the path of its index. A
 * snapshot whose time is up is missing too, unless something points at it still.
 */
export async function requireUnits(
  services: Services,
  apartment: string,
  ids: readonly string[],
  pathOf: (index: number) => string = (index) => `/units/${index}`,
): Promise<PublishedUnit[]> {
  const found = await Promise.all(ids.map((id) => services.units.get(apartment, id)));
  const faults: Fault[] = [];
  for (const [index, unit] of found.entries()) {
    if (!unit) faults.push({ path: pathOf(index), message: `${ids[index]} is not published` });
    else if (await isOver(services, unit)) faults.push({ path: pathOf(index), message: `${ids[index]} was a snapshot and has expired` });
  }
  if (faults.length > 0) refuse('unprocessable', 'Some units are not published.', faults);
  return found as PublishedUnit[];
}

async function isOver(
  services: Services,
  { apartment, unit, expires_at: expiresAt, expired_at: expiredAt }: PublishedUnit,
): Promise<boolean> {
  if (expiredAt !== undefined) return true;
  if (expiresAt === undefined || expiresAt > services.now()) return false;
  return (await whatPointsAt(services, apartment, unit.id)).every((one) => !isKept(one));
}

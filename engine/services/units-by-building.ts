import { type Fault, refuse } from '#schemas/problem.ts';
import type { Unit } from '#schemas/unit.ts';
import type { Services } from './context.ts';
import { requireUnits } from './require-units.ts';

/** Published units by the building that each was made for, and themselves. Refused where one is not published, or two are for one building. */
export async function unitsByBuilding(
  services: Services,
  apartment: string,
  ids: readonly string[],
): Promise<{ units: Record<string, string>; named: Unit[] }> {
  const published = await requireUnits(services, apartment, ids);
  const faults = published.flatMap(({ building }, index): Fault[] =>
    published.findIndex((other) => other.building === building) === index
      ? []
      : [{ path: `/units/${index}`, message: `another unit is for building ${building} too` }],
  );
  if (faults.length > 0) refuse('unprocessable', 'One visitor cannot be given all of these.', faults);
  const units = Object.fromEntries(published.map(({ building, unit }) => [building, unit.id]));
  return { units, named: published.map(({ unit }) => unit) };
}

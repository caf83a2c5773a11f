import type { PublishedUnit } from '#schemas/api.ts';
import { type Fault, refuse } from '#schemas/problem.ts';
import type { Services } from './context.ts';

/** The published units with these ids, in order; all that are missing are named at once, each at the path of its index. */
export async function requireUnits(
  services: Services,
  apartment: string,
  ids: readonly string[],
  pathOf: (index: number) => string = (index) => `/units/${index}`,
): Promise<PublishedUnit[]> {
  const found = await Promise.all(ids.map((id) => services.units.get(apartment, id)));
  const faults = found.flatMap((unit, index): Fault[] =>
    unit ? [] : [{ path: pathOf(index), message: `${ids[index]} is not published` }],
  );
  if (faults.length > 0) refuse('unprocessable', 'Some units are not published.', faults);
  return found as PublishedUnit[];
}

import { withoutHostRoutes } from '#engine/domain/host-routes.ts';
import { needWords } from '#resolver/compatibility/pair-words.ts';
import { needsOf, type Need } from '#resolver/compatibility/broken-pairs.ts';
import { type Fault, refuse } from '#schemas/problem.ts';
import type { Document } from '#schemas/document.ts';
import type { Unit } from '#schemas/unit.ts';
import type { Services } from './context.ts';

/** A need of a unit that the environment cannot meet, since nothing there is called so. */
export type AbsentNeed = Need & { unit: Unit; message: string };

/**
 * What units depend on and nobody in the environment is given, of that which is published as a unit of the apartment: `names`. A
 * name that never was is a package, which the unit brings along or shares.
 */
export function absentNeeds(units: readonly Unit[], given: readonly Unit[], names: ReadonlySet<string>): AbsentNeed[] {
  const shown = new Set([...given, ...units].map(({ name }) => name));
  return units.flatMap((unit) =>
    needsOf(unit)
      .filter(({ field, name }) => field === 'dependencies' && names.has(name) && !shown.has(name))
      .map((need) => ({ ...need, unit, message: `${needWords(unit, need)}, and no building here shows ${need.name}` })),
  );
}

/** Refuses units that depend on one which the environment shows nowhere: `unprocessable`, each at the path of its unit. */
export async function requireNeeds(
  services: Services,
  document: Document,
  units: readonly Unit[],
  pathOf: (unit: string) => string,
): Promise<void> {
  if (units.every((unit) => Object.keys(unit.dependencies).length === 0)) return;
  const names = await services.units.names(document.apartment);
  const faults = absentNeeds(units, Object.values(withoutHostRoutes(document).units), names).map(({ unit, message }): Fault => ({
    path: pathOf(unit.id),
    message,
  }));
  if (faults.length > 0) refuse('unprocessable', 'A visitor would be given a unit without one that it needs.', faults);
}

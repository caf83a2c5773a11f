import { escapePointer } from '#schemas/json-pointer.ts';
import semver from 'semver';
import { needsOf } from '#resolver/compatibility/broken-pairs.ts';
import { fits } from '#resolver/compatibility/fits.ts';
import { needWords } from '#resolver/compatibility/pair-words.ts';
import type { Fault } from '#schemas/problem.ts';
import type { Unit } from '#schemas/unit.ts';
import type { Services } from './context.ts';

/**
 * What of a unit's needs nothing that is published meets: it may yet come, so it is no reason to refuse the unit. A dependency on
 * a name that never was published as a unit is a package and nothing to warn of.
 */
export async function publishedWarnings({ units }: Pick<Services, 'units'>, apartment: string, unit: Unit): Promise<Fault[]> {
  const names = await units.names(apartment);
  const warnings: Fault[] = [];
  for (const need of needsOf(unit)) {
    const path = `/unit/${need.field}/${escapePointer(need.name)}`;
    if (!names.has(need.name)) {
      if (need.field === 'compatibility')
        warnings.push({ path, message: `${needWords(unit, need)}, and no unit of that name is published` });
      continue;
    }
    const versions = await units.versions(apartment, need.name);
    if (versions.some((version) => fits(version, need.range))) continue;
    const newest = versions.toSorted(semver.rcompare)[0];
    warnings.push({ path, message: `${needWords(unit, need)}, and no published version is in that range; the newest is ${newest}` });
  }
  return warnings;
}

import semver from 'semver';
import type { PublishedUnit, PublishUnitRequest } from '#schemas/api.ts';
import { type Fault, refuse } from '#schemas/problem.ts';
import type { NewUnit } from '#schemas/unit.ts';
import type { Actor } from './change.ts';
import type { Services } from './context.ts';

/**
 * Registers a unit for good. The very same unit again is fine (`created: false`); the same version with anything else in
 * it is refused with `unit-differs`, and both digests are told.
 */
export async function publishUnit(
  services: Services,
  apartment: string,
  { building, unit }: PublishUnitRequest,
  actor: Actor,
): Promise<{ created: boolean; published: PublishedUnit }> {
  const faults = rangeFaults(unit);
  if (faults.length > 0) refuse('unprocessable', 'The unit cannot be published.', faults);
  const id = `${unit.name}@${unit.version}`;
  const { outcome, stored } = await services.units.insert({
    apartment,
    building,
    unit: { id, ...unit },
    published_by: actor.name,
    published_at: services.now(),
  });
  if (outcome === 'differs') {
    const same = stored.unit.checksum === unit.checksum;
    const detail = same
      ? `${id} was published with the same bytes but other details. A published version never changes; publish a new one.`
      : `${id} was published with ${stored.unit.checksum}; you sent ${unit.checksum}. A published version never changes; publish a new one.`;
    refuse('unit-differs', detail);
  }
  return { created: outcome === 'inserted', published: stored };
}

function rangeFaults(unit: NewUnit): Fault[] {
  return (['dependencies', 'compatibility'] as const).flatMap((field) =>
    Object.entries(unit[field]).flatMap(([name, range]): Fault[] => {
      const path = `/unit/${field}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (semver.validRange(range) === null) return [{ path, message: `"${range}" is not a semver range` }];
      return semver.minVersion(range) === null ? [{ path, message: `no version can be in "${range}"` }] : [];
    }),
  );
}

import { escapePointer } from '#schemas/json-pointer.ts';
import semver from 'semver';
import { isEqual } from '#engine/domain/diff-documents.ts';
import { SNAPSHOT_DAYS } from '#schemas/limits.ts';
import { type Fault, refuse } from '#schemas/problem.ts';
import type { PublishedUnit, PublishUnitRequest } from '#schemas/registry.ts';
import type { NewUnit, Unit } from '#schemas/unit.ts';
import { parseVersion } from '#schemas/version-tag.ts';
import type { Actor } from './change.ts';
import { checkBytes } from './check-bytes.ts';
import type { Services } from './context.ts';

const MS_PER_DAY = 24 * 60 * 60_000;

type Request = Omit<PublishUnitRequest, 'verify'> & { verify?: boolean };

/**
 * Registers a unit for good, its bytes loaded and checked if that is asked for or digest or size were left out. The very same
 * unit again is fine (`created: false`); the same version with anything else in it is refused with `unit-differs`, and both
 * digests are told.
 */
export async function publishUnit(
  services: Services,
  apartment: string,
  { building, unit, verify = false, keep_days: keepDays }: Request,
  actor: Actor,
): Promise<{ created: boolean; published: PublishedUnit }> {
  const parsed = parseVersion(unit.version);
  const faults = rangeFaults(unit);
  if ('fault' in parsed) faults.push({ path: '/unit/version', message: parsed.fault });
  const isSnapshot = 'kind' in parsed && parsed.kind === 'snapshot';
  if (keepDays !== undefined && !isSnapshot) faults.push({ path: '/keep_days', message: 'only snapshots expire' });
  if (faults.length > 0) refuse('unprocessable', 'The unit cannot be published.', faults);
  const { checksum, size } = unit;
  const bytes = verify || checksum === undefined || size === undefined ? await checkBytes(services, unit) : { checksum, size };
  const now = services.now();
  const whole: Unit = { id: `${unit.name}@${unit.version}`, ...unit, ...bytes };
  const { outcome, stored } = await services.units.insert({
    apartment,
    building,
    unit: whole,
    published_by: actor.name,
    published_at: now,
    ...(isSnapshot ? { expires_at: now + Math.round((keepDays ?? SNAPSHOT_DAYS) * MS_PER_DAY) } : {}),
  });
  if (outcome !== 'inserted') requireSame(stored, building, whole);
  return { created: outcome === 'inserted', published: stored };
}

/** Refuses unless what is stored under the version is this very unit, and still there. */
export function requireSame(stored: PublishedUnit, building: string, unit: Unit): void {
  const { id } = unit;
  if (stored.unit.checksum !== unit.checksum) {
    const words = `${id} was published with ${stored.unit.checksum}; you sent ${unit.checksum}.`;
    refuse('unit-differs', `${words} A published version never changes; publish a new one.`);
  }
  const faults = [
    ...(stored.building === building ? [] : [{ path: '/building', message: `it was published for ${stored.building}` }]),
    ...detailFaults(stored.unit, unit),
  ];
  if (faults.length > 0) {
    const words = `${id} was published with the same bytes but other details.`;
    refuse('unit-differs', `${words} A published version never changes; publish a new one.`, faults);
  }
  if (stored.expired_at !== undefined) {
    const when = new Date(stored.expired_at).toISOString();
    refuse('unit-expired', `${id} was a snapshot and expired at ${when}. Its version stays taken; publish a new one.`);
  }
}

function detailFaults(stored: Unit, unit: Unit): Fault[] {
  const fields = [...new Set([...Object.keys(stored), ...Object.keys(unit)])] as (keyof Unit)[];
  return fields
    .filter((field) => !isEqual(said(stored, field), said(unit, field)))
    .map((field) => ({ path: `/unit/${field}`, message: `was published as ${JSON.stringify(said(stored, field)) ?? 'nothing'}` }));
}

/** Stable is what a unit is of which nothing else was said, and was once written where nothing was. */
const said = (unit: Unit, field: keyof Unit): unknown => (field === 'status' ? (unit.status ?? 'stable') : unit[field]);

function rangeFaults(unit: NewUnit): Fault[] {
  return (['dependencies', 'compatibility'] as const).flatMap((field) =>
    Object.entries(unit[field]).flatMap(([name, range]): Fault[] => {
      const path = `/unit/${field}/${escapePointer(name)}`;
      if (semver.validRange(range) === null) return [{ path, message: `"${range}" is not a semver range` }];
      return semver.minVersion(range) === null ? [{ path, message: `no version can be in "${range}"` }] : [];
    }),
  );
}

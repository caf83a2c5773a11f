import semver from 'semver';
import { refuse } from '#schemas/problem.ts';
import type { PromoteUnitRequest, PublishedUnit } from '#schemas/registry.ts';
import type { Unit } from '#schemas/unit.ts';
import { type ParsedVersion, type VersionKind, parseVersion, versionWords } from '#schemas/version-tag.ts';
import type { Actor } from './change.ts';
import { checkBytes } from './check-bytes.ts';
import type { Services } from './context.ts';
import { requireSame } from './publish-unit.ts';
import { rolloutEvidence } from './rollout-evidence.ts';

type Request = Omit<PromoteUnitRequest, 'verify'> & { verify?: boolean };

/** What becomes of what. A snapshot becomes a candidate first: nothing is stable that was none. */
const SOURCES: Record<VersionKind, { kind: VersionKind; words: string } | null> = {
  stable: { kind: 'rc', words: 'release candidate' },
  rc: { kind: 'snapshot', words: 'snapshot' },
  snapshot: null,
};

/**
 * Makes a version of one that was tried: a stable one of a release candidate, a candidate of a snapshot. It has the same
 * bytes, address and details; nothing is built, uploaded or (unless `verify`) loaded. What the source went through is written
 * into its record. The same promotion again is fine (`created: false`); a version that is there with other bytes is refused
 * with `unit-differs`.
 */
export async function promoteUnit(
  services: Services,
  apartment: string,
  name: string,
  { version, from, verify = false, reason }: Request,
  actor: Actor,
): Promise<{ created: boolean; published: PublishedUnit }> {
  const target = targetOf(version);
  const there = await services.units.get(apartment, `${name}@${version}`);
  const source = await sourceOf(services, apartment, name, target, from, there);
  if (source === null) return { created: false, published: there! };
  const { building } = source;
  const { status, ...bytes } = source.unit;
  const unit: Unit = {
    ...bytes,
    id: `${name}@${version}`,
    version,
    ...(target.kind === 'stable' || status === undefined ? {} : { status }),
  };
  if (there) {
    requireSame(there, building, unit);
    return { created: false, published: there };
  }
  if (verify) await checkBytes(services, unit);
  const { outcome, stored } = await services.units.insert({
    apartment,
    building,
    unit,
    published_by: actor.name,
    published_at: services.now(),
    promotion: {
      from: source.unit.version,
      from_digest: source.digest,
      verified: verify,
      rollouts: await rolloutEvidence(services, apartment, source.unit.id),
      ...(reason === undefined ? {} : { reason }),
    },
  });
  if (outcome !== 'inserted') requireSame(stored, building, unit);
  return { created: outcome === 'inserted', published: stored };
}

function targetOf(version: string): ParsedVersion {
  const target = parseVersion(version);
  const fault =
    'fault' in target ? target.fault : SOURCES[target.kind] ? undefined : 'is a snapshot, which is published and not promoted to';
  if (fault !== undefined) refuse('unprocessable', 'The unit cannot be promoted.', [{ path: '/version', message: fault }]);
  return target as ParsedVersion;
}

/** The unit to promote; null: the target came of one that is gone by now, and nothing has to be done. */
async function sourceOf(
  services: Services,
  apartment: string,
  name: string,
  target: ParsedVersion,
  from: string | undefined,
  there: PublishedUnit | null,
): Promise<PublishedUnit | null> {
  const { kind, words } = SOURCES[target.kind]!;
  const wanted = from ?? (await newest(services, apartment, name, kind, target.core));
  if (wanted === undefined) {
    if (there?.promotion) return null;
    const message = `there is no ${words} of ${target.core}`;
    return refuse('unprocessable', `${name} ${versionWords(target.version)} cannot be promoted: ${message}.`, [
      { path: '/version', message },
    ]);
  }
  const parsed = parseVersion(wanted);
  if ('fault' in parsed || parsed.kind !== kind || parsed.core !== target.core) {
    return refuse('unprocessable', 'The unit cannot be promoted.', [{ path: '/from', message: `is no ${words} of ${target.core}` }]);
  }
  const source = await services.units.get(apartment, `${name}@${wanted}`);
  if (source && source.expired_at === undefined) return source;
  if (there?.promotion?.from === wanted) return null;
  if (!source)
    return refuse('unprocessable', 'The unit cannot be promoted.', [{ path: '/from', message: `${name}@${wanted} is not published` }]);
  return refuse('unit-expired', `${name} ${versionWords(wanted)} has expired and cannot be promoted any more.`);
}

async function newest(services: Services, apartment: string, name: string, kind: VersionKind, core: string): Promise<string | undefined> {
  const fitting = (await services.units.versions(apartment, name)).filter((version) => {
    const parsed = parseVersion(version);
    return !('fault' in parsed) && parsed.kind === kind && parsed.core === core;
  });
  return semver.rsort(fitting)[0];
}

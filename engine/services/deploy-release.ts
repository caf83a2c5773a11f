import { releaseDigest } from '#engine/db/release-store.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { DeployRequest } from '#schemas/api.ts';
import type { UnitSight } from '#schemas/drift.ts';
import { type Fault, refuse } from '#schemas/problem.ts';
import type { Release } from '#schemas/release.ts';
import type { Unit } from '#schemas/unit.ts';
import { type Actor, requireHead } from './change.ts';
import type { Probe } from './check-drift.ts';
import type { Services } from './context.ts';
import { doneBefore } from './done-before.ts';
import { whileLocked } from './deploy-lock.ts';
import { type Moved, carryOut, whatMoved } from './move-units.ts';

const TOGETHER = 8;
const LOOKS = 2;

/**
 * Brings all units of a release into an environment in one revision, at once or by one rollout of those that differ. Before
 * anything moves, all of them must be published as the release says and, unless `fetch` is false, be served with those bytes.
 * Nobody else changes the environment meanwhile, but in an emergency, which ends the deploy.
 */
export async function deployRelease(services: Services, place: Place, request: DeployRequest, actor: Actor): Promise<Moved> {
  const { apartment } = place;
  const done = await doneBefore(services, place, actor);
  if (done) return whatMoved(services, place, done, true);
  await requireHead(services, place);
  const release = await services.releases.get(apartment, request.release);
  if (!release) return refuse('not-found', `There is no release ${request.release} of ${apartment}.`);
  return whileLocked(services, place, actor, `the deploy of release ${release.version}`, async (holder) => {
    const units = await requireThere(services, place, release, request.fetch);
    const { version, digest, dataset } = release;
    const ids = Object.fromEntries(Object.entries(release.units).map(([building, { unit }]) => [building, unit]));
    const deployed = { version, digest, ...(dataset === undefined ? {} : { dataset }), units: ids };
    return carryOut(services, place, holder, request, '/release', () => ({ units, release: deployed }));
  });
}

/** The units of the release by building, or the refusal with everything that is not as it must be. */
async function requireThere(services: Services, place: Place, release: Release, fetches: boolean): Promise<Record<string, Unit>> {
  const { document } = await requireHead(services, place);
  const faults: Fault[] = [];
  const fault = (message: string): void => void faults.push({ path: '/release', message });
  if (releaseDigest(release) !== release.digest) fault(`what is stored of release ${release.version} is not what its digest was made of`);
  const units: Record<string, Unit> = {};
  for (const [building, { unit: id, checksum }] of Object.entries(release.units)) {
    if (!Object.hasOwn(document.buildings, building)) fault(`${place.environment} has no building ${building} yet: add it with ${id}`);
    const published = await services.units.get(place.apartment, id);
    if (!published) fault(`${id} is not published`);
    else if (published.unit.checksum !== checksum) fault(`${id} is published with ${published.unit.checksum}, not ${checksum}`);
    else units[building] = published.unit;
  }
  if (fetches) {
    const { probe } = services;
    if (!probe) refuse('unprocessable', 'This engine cannot look at URLs.', [{ path: '/fetch', message: 'set it to false to go without' }]);
    const wanted = Object.values(units);
    for (let start = 0; start < wanted.length; start += TOGETHER) {
      const sights = await Promise.all(wanted.slice(start, start + TOGETHER).map((unit) => lookAt(probe, unit)));
      for (const sight of sights) if (sight.found !== 'same') fault(sightWords(sight));
    }
  }
  if (faults.length > 0) refuse('unprocessable', `Release ${release.version} cannot be deployed; nothing was moved.`, faults);
  return units;
}

/** A connection that broke once is no fault of the unit. */
async function lookAt({ unit: look }: Probe, unit: Unit): Promise<UnitSight> {
  let sight = await look(unit);
  for (let looks = 1; looks < LOOKS && sight.found === 'unreachable'; looks++) sight = await look(unit);
  return sight;
}

function sightWords({ unit, url, checksum, found, detail = '' }: UnitSight): string {
  const what = { missing: 'is not there', unreachable: 'cannot be loaded', other: `serves other bytes than ${checksum}`, same: '' };
  return `${unit}: ${url} ${what[found]}: ${detail}`;
}

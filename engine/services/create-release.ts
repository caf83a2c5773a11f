import { changedSince } from '#engine/domain/release-state.ts';
import { liveRollouts } from '#engine/domain/rollout-state.ts';
import { releaseDigest } from '#engine/db/release-store.ts';
import type { CreateReleaseRequest, PublishedUnit, ReleaseView } from '#schemas/api.ts';
import { type Fault, refuse } from '#schemas/problem.ts';
import type { Release } from '#schemas/release.ts';
import type { Revision } from '#schemas/revision.ts';
import { type Actor, requireHead } from './change.ts';
import type { Services } from './context.ts';
import { requireUnits } from './require-units.ts';
import { type MayRead, resolvePlace } from './resolve-unit.ts';

/**
 * Makes a release for good. The very same again is fine (`created: false`); the same version with other units or another
 * dataset is refused with `release-differs`, and both digests are told.
 */
export async function createRelease(
  services: Services,
  apartment: string,
  { version, units: ids, from, dataset }: CreateReleaseRequest,
  actor: Actor,
  mayRead: MayRead,
): Promise<{ created: boolean; release: Release }> {
  const shown = from === undefined ? undefined : await shownBy(services, apartment, from, mayRead);
  const pathOf = shown ? () => '/from' : undefined;
  const units = unitsByBuilding(await requireUnits(services, apartment, shown?.ids ?? ids ?? [], pathOf));
  const said = { apartment, version, ...(dataset === undefined ? {} : { dataset }), units };
  const { outcome, stored } = await services.releases.insert({
    ...said,
    digest: releaseDigest(said),
    ...(shown ? { origin: shown.origin } : {}),
    created_by: actor.name,
    created_at: services.now(),
  });
  if (outcome === 'differs') {
    const detail = `Release ${version} of ${apartment} was made with the digest ${stored.digest}; yours has ${releaseDigest(said)}. A release never changes; make another version.`;
    refuse('release-differs', detail);
  }
  return { created: outcome === 'inserted', release: stored };
}

function unitsByBuilding(published: readonly PublishedUnit[]): Release['units'] {
  const units: Release['units'] = {};
  const faults: Fault[] = [];
  for (const [index, { building, unit }] of published.entries()) {
    if (units[building]) faults.push({ path: `/units/${index}`, message: `${units[building].unit} is for building ${building} too` });
    units[building] = { unit: unit.id, checksum: unit.checksum };
  }
  if (faults.length > 0) refuse('unprocessable', 'The release cannot be made.', faults);
  return units;
}

/** What an environment shows now; what it is only trying out is left for later. */
async function shownBy(
  services: Services,
  apartment: string,
  name: string,
  mayRead: MayRead,
): Promise<{ ids: string[]; origin: NonNullable<Release['origin']> }> {
  const place = await resolvePlace(services, apartment, name, mayRead);
  const { document, number: revision, digest } = await requireHead(services, place);
  const { environment } = place;
  const faults = liveRollouts(document).map(({ id }): Fault => ({
    path: '/from',
    message: `rollout ${id} is under way in ${environment}`,
  }));
  const ids = Object.values(document.buildings).map((building) => building.active_unit);
  if (ids.length === 0) faults.push({ path: '/from', message: `${environment} has no buildings yet` });
  if (faults.length > 0) refuse('unprocessable', 'The release cannot be made.', faults);
  return { ids, origin: { environment, revision, digest } };
}

/** The releases of an apartment, newest first, each with the environments that are on it. */
export async function listReleases(services: Services, apartment: string, mayRead: MayRead): Promise<ReleaseView[]> {
  const heads: Revision[] = [];
  for (const place of await services.revisions.places()) {
    if (place.apartment === apartment && mayRead(place.environment)) heads.push(await requireHead(services, place));
  }
  return (await services.releases.list(apartment)).map(({ origin, ...release }) => ({
    ...release,
    ...(origin && mayRead(origin.environment) ? { origin } : {}),
    deployed: heads.flatMap(({ environment, number: revision, document }) =>
      document.release?.digest === release.digest
        ? [{ environment, revision, changed: changedSince(document.release, document.buildings) }]
        : [],
    ),
  }));
}

export async function viewRelease(services: Services, apartment: string, version: string, mayRead: MayRead): Promise<ReleaseView> {
  const found = (await listReleases(services, apartment, mayRead)).find((release) => release.version === version);
  return found ?? refuse('not-found', `There is no release ${version} of ${apartment}.`);
}

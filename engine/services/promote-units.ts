import { splitUnitId } from '#schemas/common.ts';
import semver from 'semver';
import { liveRollouts } from '#engine/domain/rollout-state.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { PromoteUnitsRequest } from '#schemas/api.ts';
import { type Fault, refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Unit } from '#schemas/unit.ts';
import { type Actor, requireHead } from './change.ts';
import type { Services } from './context.ts';
import { type Move, type Moved, carryOut } from './move-units.ts';
import { requireUnits } from './require-units.ts';
import { type MayRead, resolvePlace } from './resolve-unit.ts';

/** A unit on its way, and where in the request it stands. */
type Candidate = { building: string; unit: Unit; path: string };

/**
 * Moves the units of another environment, or published ones that are named, into this one: the very same bytes. All that
 * stands against it is told at once. At once for everybody, or by a rollout when there is a plan.
 */
export async function promoteUnits(
  services: Services,
  place: Place,
  request: PromoteUnitsRequest,
  actor: Actor,
  mayRead: MayRead,
): Promise<Moved> {
  return request.from === undefined
    ? carryOut(services, place, actor, request, '/units', (head) => named(services, head, request))
    : carryOut(services, place, actor, request, '/from', (head) => taken(services, head, request, mayRead));
}

/** The units of the other environment's head that differ from this one's. */
async function taken(services: Services, head: Revision, request: PromoteUnitsRequest, mayRead: MayRead): Promise<Move> {
  const place = await resolvePlace(services, head.apartment, request.from!, mayRead);
  if (place.environment === head.environment) {
    refuse('unprocessable', 'The units cannot be promoted.', [{ path: '/from', message: `${place.environment} is where they are to go` }]);
  }
  const source = await requireHead(services, place);
  const { buildings, units } = source.document;
  const faults: Fault[] = [];
  const wanted = request.buildings ?? Object.keys(buildings);
  const candidates = wanted.flatMap((building, index): Candidate[] => {
    const path = request.buildings ? `/buildings/${index}` : '/from';
    if (Object.hasOwn(buildings, building)) return [{ building, unit: units[buildings[building]!.active_unit]!, path }];
    faults.push({ path, message: `${place.environment} has no building ${building}` });
    return [];
  });
  faults.push(...(request.while_moving ? [] : candidates.flatMap(({ building }) => movingFaults(source, building))));
  const { number: revision, digest } = source;
  const differing = await checked(services, head, candidates, request, faults);
  return { units: differing, origin: { environment: place.environment, revision, digest } };
}

/** What the other environment is only trying out is no unit of it yet. */
function movingFaults({ document, environment }: Revision, building: string): Fault[] {
  return liveRollouts(document)
    .filter(({ targets }) => Object.hasOwn(targets, building))
    .map(({ id }) => ({ path: '/while_moving', message: `rollout ${id} of ${building} is under way in ${environment}` }));
}

async function named(services: Services, head: Revision, request: PromoteUnitsRequest): Promise<Move> {
  const published = await requireUnits(services, head.apartment, request.units!);
  const candidates = published.map(({ building, unit }, index) => ({ building, unit, path: `/units/${index}` }));
  const faults = candidates.flatMap(({ building, path }, index): Fault[] => {
    const other = candidates.slice(0, index).find((one) => one.building === building);
    return other ? [{ path, message: `${other.unit.id} is for building ${building} too` }] : [];
  });
  return { units: await checked(services, head, candidates, request, faults) };
}

/** The units that are not what the head shows already, unless something is wrong with one of them. */
async function checked(
  services: Services,
  { document, apartment, environment }: Revision,
  candidates: Candidate[],
  { allow_older: allowsOlder }: PromoteUnitsRequest,
  faults: Fault[],
): Promise<Record<string, Unit>> {
  const units: Record<string, Unit> = {};
  for (const { building, unit, path } of candidates) {
    const published = await services.units.get(apartment, unit.id);
    if (published === null) faults.push({ path, message: `${unit.id} is not published` });
    else if (published.unit.checksum !== unit.checksum)
      faults.push({ path, message: `${unit.id} is published with ${published.unit.checksum}, not ${unit.checksum}` });
    if (!Object.hasOwn(document.buildings, building)) {
      faults.push({ path, message: `${environment} has no building ${building} yet: add it with ${unit.id}` });
      continue;
    }
    const { active_unit: current } = document.buildings[building]!;
    const shown = splitUnitId(current);
    if (!allowsOlder && shown.name === unit.name && semver.lt(unit.version, shown.version)) {
      faults.push({ path: '/allow_older', message: `${unit.id} is older than ${current}, which ${environment} shows` });
    }
    if (current !== unit.id) units[building] = unit;
  }
  if (faults.length > 0) refuse('unprocessable', 'The units cannot be promoted.', faults);
  if (Object.keys(units).length === 0) {
    const shown = candidates.map(({ unit }) => unit.id).join(', ');
    refuse('nothing-to-move', `${apartment}/${environment} shows ${shown || 'all of them'} already.`);
  }
  return units;
}

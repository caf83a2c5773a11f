import semver from 'semver';
import { withoutHostRoutes } from '#engine/domain/host-routes.ts';
import { widestSnapshot } from '#engine/domain/to-snapshot.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { BrokenPair } from '#resolver/compatibility/broken-pairs.ts';
import { choicesOf } from '#resolver/compatibility/choices.ts';
import { misfitsIn } from '#resolver/compatibility/misfits-of.ts';
import { giverWords, needWords, unitWords } from '#resolver/compatibility/pair-words.ts';
import type { PublishedUnit } from '#schemas/api.ts';
import { channelOf } from '#schemas/channel.ts';
import type { Compatibility, Misfit, VersionFit } from '#schemas/compatibility.ts';
import type { Snapshot } from '#schemas/snapshot.ts';
import type { Unit } from '#schemas/unit.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';
import { absentNeeds } from './require-needs.ts';

/**
 * For each version of a unit (left out: of every unit) whether it fits to everything that a visitor could be given beside it now,
 * whatever the shares of rollouts come to, and if not why. It is judged as a rollout of this one unit to everybody would be.
 */
export async function listCompatible(services: Services, place: Place, name?: string): Promise<Compatibility> {
  const { document: whole, number, at } = await requireHead(services, place);
  const document = withoutHostRoutes(whole); // a preview stands in nobody's way
  const snapshot = widestSnapshot(document, number, at);
  const misfitsOf = misfitsIn(snapshot);
  const published = await services.units.all(place.apartment, name);
  const names = await services.units.names(place.apartment);
  const versions = published
    .filter(({ building }) => Object.hasOwn(document.buildings, building))
    .map((one) =>
      fitOf(one, snapshot, [
        ...misfitsOf(one.building, one.unit).map((pair) => misfitOf(one.unit, pair)),
        ...absent(one.unit, snapshot, names),
      ]),
    );
  return { revision: number, versions: versions.toSorted(byBuildingAndVersion) };
}

function fitOf({ unit, building, published_at }: PublishedUnit, snapshot: Snapshot, misfits: Misfit[]): VersionFit {
  const givers = choicesOf(snapshot).all.filter((choice) => choice.unit.id === unit.id && choice.building === building);
  return {
    unit: unit.id,
    version: unit.version,
    building,
    status: channelOf(unit),
    published_at,
    given_by: givers.map(({ giver }) => giverWords(giver)),
    compatible: misfits.length === 0,
    misfits,
  };
}

function misfitOf(candidate: Unit, pair: BrokenPair): Misfit {
  const { unit, other, field, name, range, ways } = pair;
  const isOwn = unit.id === candidate.id;
  const beside = isOwn ? other : unit;
  const givers = [...new Set(ways.map((way) => giverWords(isOwn ? way.other : way.unit)))];
  const message = `${needWords(unit, pair)}, and a visitor could have ${unitWords(beside)} beside it (${givers.join('; ')})`;
  return { unit: unit.id, field, name, range, other: beside.id, given_by: givers, message };
}

const absent = (unit: Unit, snapshot: Snapshot, names: ReadonlySet<string>): Misfit[] =>
  absentNeeds([unit], Object.values(snapshot.units), names).map(({ name, range, message }) => ({
    unit: unit.id,
    field: 'dependencies',
    name,
    range,
    other: null,
    given_by: [],
    message,
  }));

const byBuildingAndVersion = (a: VersionFit, b: VersionFit): number =>
  a.building === b.building ? semver.rcompare(a.version, b.version) : a.building < b.building ? -1 : 1;

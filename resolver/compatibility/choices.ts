import type { Snapshot, SnapshotArm, SnapshotRollout } from '#schemas/snapshot.ts';
import type { Unit } from '#schemas/unit.ts';
import { type Audience, areApart, audienceOfCriteria, audienceOfOverride } from './audience.ts';

/** By what a visitor is given a unit. */
export type Giver =
  | { kind: 'stable' }
  | { kind: 'arm'; rollout: ArmsOf; arm: Pick<SnapshotArm, 'name' | 'units'> }
  | { kind: 'override' | 'host-route'; name: string; units: Readonly<Record<string, string>>; audience: Audience };

/** A rollout, as far as it matters to who can meet. */
export type ArmsOf = { id: string; salt: string; buildings: ReadonlySet<string>; audience: Audience };

/** A unit that some visitor can be given in a building, and by what. */
export type Choice = { building: string; unit: Unit; giver: Giver };

/** Everything that a visitor can be given. */
export type Choices = {
  all: readonly Choice[];
  byName: ReadonlyMap<string, readonly Choice[]>;
  byBuilding: ReadonlyMap<string, readonly Choice[]>;
};

/**
 * One choice for each stable unit, unit of an arm, and unit of an override or a host route. Shares do not count: a rollout grows by itself and is
 * taken back by itself, so one of 0 or 100 % may be another one in a minute. Nor does the holdout, which gives stable units only.
 */
export function choicesOf(snapshot: Snapshot): Choices {
  const { buildings, rollouts, overrides, host_routes: routes = {}, units, segments } = snapshot;
  const all: Choice[] = [];
  const add = (given: Readonly<Record<string, string>>, giver: Giver): void => {
    for (const [building, id] of Object.entries(given)) if (Object.hasOwn(units, id)) all.push({ building, unit: units[id]!, giver });
  };
  add(Object.fromEntries(Object.entries(buildings).map(([name, { active_unit: id }]) => [name, id])), { kind: 'stable' });
  for (const source of rollouts) {
    const audience = audienceOfCriteria(source.criteria, segments);
    if (areApart(audience, audience)) continue; // it contradicts itself, and so is for nobody
    const rollout = armsOf(source, audience);
    for (const arm of source.arms) add(arm.units, { kind: 'arm', rollout, arm });
  }
  for (const [name, override] of Object.entries(overrides)) {
    const audience = audienceOfOverride(override, segments);
    if (audience && !areApart(audience, audience)) add(override.units, { kind: 'override', name, units: override.units, audience });
  }
  for (const [name, route] of Object.entries(routes)) add(route.units, { kind: 'host-route', name, units: route.units, audience: [] });
  return indexed(all);
}

export const indexed = (all: readonly Choice[]): Choices => ({
  all,
  byName: Map.groupBy(all, ({ unit }) => unit.name),
  byBuilding: Map.groupBy(all, ({ building }) => building),
});

const armsOf = ({ id, salt, arms }: Pick<SnapshotRollout, 'id' | 'salt' | 'arms'>, audience: Audience): ArmsOf => ({
  id,
  salt,
  buildings: new Set(arms.flatMap(({ units }) => Object.keys(units))),
  audience,
});

/** Whether one visitor can be given both. Nobody gets two units in one building. */
export function canMeet(one: Choice, other: Choice): boolean {
  if (one.building === other.building) return false;
  const [a, b] = [one.giver, other.giver];
  if (isOverride(a)) return meetsOverride(a, other);
  if (isOverride(b)) return meetsOverride(b, one);
  if (a.kind === 'stable') return b.kind === 'stable' || isStableBeside(b, one.building);
  if (b.kind === 'stable') return isStableBeside(a, other.building);
  if (a.rollout === b.rollout) return a.arm === b.arm;
  // Rollouts of one layer own ranges of it that do not meet.
  return a.rollout.salt !== b.rollout.salt && !areApart(a.rollout.audience, b.rollout.audience);
}

const isStableBeside = ({ arm }: Extract<Giver, { kind: 'arm' }>, building: string): boolean => !Object.hasOwn(arm.units, building);

type Overriding = Extract<Giver, { audience: Audience }>;

/** A host route is one, too. */
const isOverride = (giver: Giver): giver is Overriding => giver.kind === 'override' || giver.kind === 'host-route';

/** An override keeps its visitors out of every rollout that touches its buildings. */
function meetsOverride(override: Overriding, { building, giver }: Choice): boolean {
  if (isOverride(giver)) return giver === override;
  if (Object.hasOwn(override.units, building)) return false;
  if (giver.kind === 'stable') return true;
  const { buildings, audience } = giver.rollout;
  return !Object.keys(override.units).some((name) => buildings.has(name)) && !areApart(audience, override.audience);
}

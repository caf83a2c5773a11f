import satisfies from 'semver/functions/satisfies.js';
import type { Fault } from '#schemas/problem.ts';
import type { Snapshot, SnapshotRollout } from '#schemas/snapshot.ts';
import type { Unit } from '#schemas/unit.ts';

/** A unit that a visitor can be given in a building, and by what. */
type Choice = {
  building: string;
  unit: Unit;
  by:
    | { kind: 'stable' }
    | { kind: 'arm'; rollout: SnapshotRollout; arm: SnapshotRollout['arms'][number] }
    | { kind: 'override'; name: string };
};

/**
 * Every pair of units that some visitor could be given together although one of them says that it does not stand beside the
 * other (`compatibility` or `dependencies` of a unit: name of another unit → range). A rule about pairs is broken by some
 * combination exactly when it is broken by some pair that can meet, so no combination needs to be listed: the cost grows
 * with the rules, not with the combinations. Percentages do not count: a share of 0 or 100 % may be another one tomorrow.
 */
export function incompatibilities(snapshot: Snapshot): Fault[] {
  const choices = choicesOf(snapshot);
  const byName = Map.groupBy(choices, ({ unit }) => unit.name);
  return choices.flatMap((one) =>
    rulesOf(one.unit).flatMap(({ field, name, range }) =>
      (byName.get(name) ?? [])
        .filter((other) => other.building !== one.building && !satisfies(other.unit.version, range, { includePrerelease: true }))
        .filter((other) => canMeet(snapshot, one, other))
        .map((other) => ({
          path: `/units/${one.unit.id}/${field}/${name}`,
          message: `${describe(one)} wants ${name} ${range}, and a visitor could get ${describe(other)} beside it`,
        })),
    ),
  );
}

function rulesOf(unit: Unit): { field: string; name: string; range: string }[] {
  return (['compatibility', 'dependencies'] as const).flatMap((field) =>
    Object.entries(unit[field]).map(([name, range]) => ({ field, name, range })),
  );
}

function choicesOf({ buildings, rollouts, overrides, units }: Snapshot): Choice[] {
  const choice = (by: Choice['by']) => {
    return ([building, id]: [string, string]): Choice[] => (Object.hasOwn(units, id) ? [{ building, unit: units[id]!, by }] : []);
  };
  const stable = Object.entries(buildings).map(([building, { active_unit: id }]): [string, string] => [building, id]);
  return [
    ...stable.flatMap(choice({ kind: 'stable' })),
    ...rollouts.flatMap((rollout) =>
      rollout.arms.flatMap((arm) => Object.entries(arm.units).flatMap(choice({ kind: 'arm', rollout, arm }))),
    ),
    ...Object.entries(overrides).flatMap(([name, { units: targets }]) =>
      Object.entries(targets).flatMap(choice({ kind: 'override', name })),
    ),
  ];
}

/** Whether one visitor can be given both. */
function canMeet(snapshot: Snapshot, one: Choice, other: Choice): boolean {
  if (one.by.kind === 'override') return meetsOverride(snapshot, one.by.name, other);
  if (other.by.kind === 'override') return meetsOverride(snapshot, other.by.name, one);
  if (one.by.kind === 'stable' && other.by.kind === 'stable') return true;
  if (one.by.kind === 'arm' && other.by.kind === 'arm') {
    const [a, b] = [one.by, other.by];
    if (a.rollout === b.rollout) return a.arm === b.arm;
    return a.rollout.salt !== b.rollout.salt && !areApart(a.rollout.criteria.geo_regions, b.rollout.criteria.geo_regions);
  }
  const [armed, stable] = one.by.kind === 'arm' ? [one.by, other] : [other.by as Extract<Choice['by'], { kind: 'arm' }>, one];
  return !Object.hasOwn(armed.arm.units, stable.building);
}

/** An override keeps its visitors out of every rollout that touches its buildings. */
function meetsOverride({ overrides }: Snapshot, name: string, other: Choice): boolean {
  const { units } = overrides[name]!;
  if (other.by.kind === 'override') return other.by.name === name;
  if (Object.hasOwn(units, other.building)) return false;
  return (
    other.by.kind === 'stable' ||
    !other.by.rollout.arms.some((arm) => Object.keys(arm.units).some((building) => Object.hasOwn(units, building)))
  );
}

const areApart = (a: readonly string[], b: readonly string[]): boolean =>
  a.length > 0 && b.length > 0 && !a.some((country) => b.includes(country));

function describe({ unit, by }: Choice): string {
  const source = by.kind === 'stable' ? 'stable' : by.kind === 'arm' ? `${by.arm.name} of ${by.rollout.id}` : `override ${by.name}`;
  return `${unit.id} (${source})`;
}

import type { Fault } from '#schemas/problem.ts';
import type { Snapshot, SnapshotRollout } from '#schemas/snapshot.ts';

type Need = (known: object, name: string, noun: string, path: string) => void;

/** Everything in which a snapshot contradicts itself: names that nothing has, and shares that two rollouts claim. */
export function contradictions(snapshot: Snapshot): Fault[] {
  const faults: Fault[] = [];
  const need: Need = (known, name, noun, path) => {
    if (!Object.hasOwn(known, name)) faults.push({ path, message: `there is no ${noun} ${name}` });
  };
  danglingReferences(snapshot, need);
  snapshot.rollouts.forEach((rollout, index) => faults.push(...armFaults(rollout, `/rollouts/${index}`)));
  faults.push(...layerFaults(snapshot.rollouts));
  return faults;
}

function danglingReferences(snapshot: Snapshot, need: Need): void {
  const { buildings, units, rollouts, segments, flags, overrides, host_routes: routes = {} } = snapshot;
  for (const [name, building] of Object.entries(buildings)) need(units, building.active_unit, 'unit', `/buildings/${name}/active_unit`);
  for (const [name, flag] of Object.entries(flags)) {
    flag.segments.forEach((segment, index) => need(segments, segment, 'segment', `/flags/${name}/segments/${index}`));
    flag.prerequisites.forEach((other, index) => need(flags, other, 'flag', `/flags/${name}/prerequisites/${index}`));
  }
  const needUnits = (targets: Record<string, string>, path: string): void => {
    for (const [building, unit] of Object.entries(targets)) {
      need(buildings, building, 'building', `${path}/${building}`);
      need(units, unit, 'unit', `${path}/${building}`);
    }
  };
  for (const [name, override] of Object.entries(overrides)) {
    override.segments.forEach((segment, index) => need(segments, segment, 'segment', `/overrides/${name}/segments/${index}`));
    needUnits(override.units, `/overrides/${name}/units`);
  }
  for (const [host, route] of Object.entries(routes)) needUnits(route.units, `/host_routes/${host}/units`);
  rollouts.forEach(({ arms, criteria }, index) => {
    const path = `/rollouts/${index}`;
    arms.forEach((arm, at) => needUnits(arm.units, `${path}/arms/${at}/units`));
    criteria.user_segments.forEach((name, at) => need(segments, name, 'segment', `${path}/criteria/user_segments/${at}`));
    criteria.feature_flags.forEach((name, at) => need(flags, name, 'flag', `${path}/criteria/feature_flags/${at}`));
  });
}

function armFaults({ arms, strategy, percentage, range }: SnapshotRollout, path: string): Fault[] {
  const faults: Fault[] = [];
  if (strategy === 'ab_test' && arms.length < 2) faults.push({ path: `${path}/arms`, message: 'an A/B test has 2 to 20 variants' });
  if (strategy !== 'ab_test' && arms.length !== 1)
    faults.push({ path: `${path}/arms`, message: `a rollout that is ${strategy} has one arm` });
  if (arms.every((arm) => Object.keys(arm.units).length === 0)) faults.push({ path: `${path}/arms`, message: 'no arm moves anything' });
  const names = new Set<string>();
  arms.forEach((arm, index) => {
    if (names.has(arm.name)) faults.push({ path: `${path}/arms/${index}/name`, message: `${arm.name} is the name of two arms` });
    if (arm.name === 'control' && Object.keys(arm.units).length > 0) {
      faults.push({ path: `${path}/arms/${index}/name`, message: 'an arm that moves something cannot be called control' });
    }
    names.add(arm.name);
  });
  if (percentage > range.to - range.from + PERCENT_ROUNDING) {
    faults.push({ path: `${path}/percentage`, message: `is more than the ${range.to - range.from} % that the rollout owns of its layer` });
  }
  return faults;
}

/** What is lost when percentages are subtracted. */
const PERCENT_ROUNDING = 1e-9;

/** Rollouts that touch a building share one layer, and rollouts of a layer own parts of it that do not meet. */
function layerFaults(rollouts: readonly SnapshotRollout[]): Fault[] {
  const faults: Fault[] = [];
  const layerOf = new Map<string, SnapshotRollout>();
  const owners = new Map<string, SnapshotRollout[]>();
  rollouts.forEach((rollout, index) => {
    const path = `/rollouts/${index}`;
    for (const building of new Set(rollout.arms.flatMap((arm) => Object.keys(arm.units)))) {
      const other = layerOf.get(building);
      if (other && other.salt !== rollout.salt) {
        faults.push({ path: `${path}/salt`, message: `rollout ${other.id} moves ${building} too, in another layer` });
      }
      layerOf.set(building, rollout);
    }
    const others = owners.get(rollout.salt) ?? [];
    for (const other of others) {
      if (rollout.range.from < other.range.to && other.range.from < rollout.range.to) {
        const taken = `${other.range.from}–${other.range.to} %`;
        faults.push({ path: `${path}/range`, message: `rollout ${other.id} owns ${taken} of the same layer` });
      }
      if (rollout.bucket_by !== other.bucket_by) {
        faults.push({ path: `${path}/bucket_by`, message: `rollout ${other.id} of the same layer is bucketed by ${other.bucket_by}` });
      }
    }
    owners.set(rollout.salt, [...others, rollout]);
  });
  return faults;
}

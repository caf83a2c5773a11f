import type { Snapshot } from '../../schemas/snapshot.ts';
import type { Unit } from '../../schemas/unit.ts';
import { canary, snapshotRollout, unitOf } from '../../tests/support/fixtures.ts';

/** How many of the buildings after it each unit says something of. */
export const NEEDS = 4;

/** Buildings whose units need those of the next ones; rollouts in layers of their own move as many buildings as there are for each. */
export function worstSnapshot(buildings: number, rollouts: number): Snapshot {
  const names = Array.from({ length: buildings }, (_, index) => `part-${index}`);
  const unit = (index: number, version: string): Unit => {
    const needed = Array.from({ length: NEEDS }, (_, offset) => names[(index + offset + 1) % buildings]!);
    return unitOf(`${names[index]}@${version}`, { dependencies: Object.fromEntries(needed.map((name) => [name, '>=1.0.0 <3.0.0'])) });
  };
  const versions = ['1.0.0', '1.1.0', '2.0.0'];
  const units = names.flatMap((_, index) => versions.map((version) => unit(index, version)));
  const partOf = (rollout: number): string[] => names.filter((_, index) => index % rollouts === rollout);
  return {
    format: 2,
    apartment: 'shop',
    environment: 'production',
    revision: 1,
    issued_at: 0,
    buildings: Object.fromEntries(names.map((name) => [name, { category: 'main', active_unit: `${name}@1.0.0` }])),
    units: Object.fromEntries(units.map((one) => [one.id, one])),
    rollouts: Array.from({ length: rollouts }, (_, index) =>
      snapshotRollout({
        id: `rollout-${index}`,
        salt: `layer-${index}`,
        strategy: 'ab_test',
        arms: versions.slice(1).flatMap((version, arm) =>
          canary(Object.fromEntries(partOf(index).map((name) => [name, `${name}@${version}`]))).map((one) => ({
            ...one,
            name: `arm-${arm}`,
          })),
        ),
      }),
    ),
    segments: {},
    flags: {},
    groups: {},
    overrides: {},
  };
}

/** One look at each thing that could be given, and at each need, and nothing made of it. */
export function floorOf({ units, buildings, rollouts }: Snapshot): number {
  let seen = 0;
  const look = (id: string): void => {
    const { dependencies, compatibility } = units[id]!;
    for (const name in dependencies) seen += name.length;
    for (const name in compatibility) seen += name.length;
  };
  for (const name in buildings) look(buildings[name]!.active_unit);
  for (const { arms } of rollouts) for (const arm of arms) for (const name in arm.units) look(arm.units[name]!);
  return seen;
}

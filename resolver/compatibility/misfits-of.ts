import type { Snapshot } from '#schemas/snapshot.ts';
import type { Unit } from '#schemas/unit.ts';
import { type BrokenPair, brokenBy, gather, needsOf } from './broken-pairs.ts';
import { type Choice, type Choices, choicesOf, indexed } from './choices.ts';

/**
 * What a rollout of one unit to its building would break, whoever its visitors are, beside everything that they could be given.
 * Made once for a snapshot, asked for each unit; where the building shows the unit, for what it is beside now.
 */
export function misfitsIn(snapshot: Snapshot): (building: string, unit: Unit) => BrokenPair[] {
  const choices = choicesOf(snapshot);
  const layerOf = new Map(
    snapshot.rollouts.flatMap(({ salt, arms }) => arms.flatMap(({ units }) => Object.keys(units).map((name) => [name, salt] as const))),
  );
  return (building, unit) => {
    const stable = choices.byBuilding.get(building)?.find(({ giver }) => giver.kind === 'stable');
    if (stable?.unit.id === unit.id) return gather(brokenWith(stable, choices));
    const units = { [building]: unit.id };
    const rollout = { id: 'a new one', salt: layerOf.get(building) ?? '', buildings: new Set([building]), audience: [] };
    const choice: Choice = { building, unit, giver: { kind: 'arm', rollout, arm: { name: 'canary', units } } };
    return gather(brokenWith(choice, indexed([...choices.all, choice])));
  };
}

/** What this choice breaks: by its own needs, and by those of others that are about it or about what it stands in the place of. */
function brokenWith(choice: Choice, choices: Choices): ReturnType<typeof brokenBy> {
  const shown = new Set((choices.byBuilding.get(choice.building) ?? []).map(({ unit }) => unit.name));
  const others = choices.all.filter(({ unit }) => needsOf(unit).some(({ name }) => shown.has(name)));
  return [...brokenBy(choice, choices), ...others.flatMap((one) => brokenBy(one, choices)).filter(({ other }) => other === choice)];
}

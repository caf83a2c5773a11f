import type { Snapshot } from '#schemas/snapshot.ts';
import type { Unit } from '#schemas/unit.ts';
import { type Choice, type Choices, type Giver, canMeet, choicesOf } from './choices.ts';
import { fits } from './fits.ts';

export type Need = { field: 'dependencies' | 'compatibility'; name: string; range: string };

/** Two units that a visitor can be given together though one of them says that they do not fit, and by what they are given. */
export type BrokenPair = Need & { unit: Unit; other: Unit; ways: { unit: Giver; other: Giver }[] };

/**
 * Every pair of units that some visitor could be given together although one says that they do not fit. Each need is about two
 * units, so it is broken by some combination exactly when it is broken by a pair that can meet, and no combination is listed: the
 * cost is one look at each unit of the name that a need is about.
 *
 * A need holds of all units of its name beside it; there need not be any. But where only one building shows units of that name,
 * whoever `dependencies` says so for must not be given another there.
 */
export function brokenPairs(snapshot: Snapshot): BrokenPair[] {
  const choices = choicesOf(snapshot);
  return gather(choices.all.flatMap((choice) => brokenBy(choice, choices)));
}

type Broken = Need & { one: Choice; other: Choice };

/** The choices that cannot stand beside this one by what it says itself. */
export function brokenBy(one: Choice, choices: Choices): Broken[] {
  return needsOf(one.unit).flatMap((need) => {
    const named = choices.byName.get(need.name) ?? [];
    const unfit = unitsThat(named, ({ version }) => !fits(version, need.range));
    return [...named.filter(({ unit }) => unfit.has(unit.id)), ...insteadOf(need, one, named, choices)]
      .filter((other) => canMeet(one, other))
      .map((other) => ({ ...need, one, other }));
  });
}

/** The choices of other units where alone the needed one is shown. */
function insteadOf({ field, name }: Need, one: Choice, named: readonly Choice[], { byBuilding }: Choices): Choice[] {
  if (field !== 'dependencies') return [];
  const homes = new Set(named.map(({ building }) => building));
  homes.delete(one.building);
  const [home] = homes;
  return home === undefined || homes.size > 1 ? [] : byBuilding.get(home)!.filter(({ unit }) => unit.name !== name);
}

export const needsOf = (unit: Unit): Need[] =>
  (['dependencies', 'compatibility'] as const).flatMap((field) =>
    Object.entries(unit[field]).map(([name, range]) => ({ field, name, range })),
  );

/** The ids of the units that pass; each is looked at once, however many choices there are of it. */
function unitsThat(choices: readonly Choice[], test: (unit: Unit) => boolean): Set<string> {
  const units = new Map(choices.map(({ unit }) => [unit.id, unit]));
  return new Set([...units.values()].filter(test).map(({ id }) => id));
}

/** One pair for each need and two units, with all the ways in which a visitor comes by both. */
export function gather(broken: readonly Broken[]): BrokenPair[] {
  const pairs = Map.groupBy(broken, ({ one, other, field, name }) => [one.unit.id, field, name, other.unit.id].join(' '));
  return [...pairs.values()].map((same) => {
    const { one, other, field, name, range } = same[0]!;
    const ways = same.map((way) => ({ unit: way.one.giver, other: way.other.giver }));
    return { field, name, range, unit: one.unit, other: other.unit, ways };
  });
}

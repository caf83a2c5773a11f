import type { WhereEnvironment } from '#schemas/where.ts';
import { unitWords, versionOf } from '../words/rollout-words.ts';

/** A building that would show another unit; `from` is null where the building is not there yet. */
export type Difference = { building: string; from: string | null; to: string };

/** Where an environment does not show these units (by building). */
export const differingUnits = (units: Record<string, string>, { buildings }: Pick<WhereEnvironment, 'buildings'>): Difference[] =>
  Object.entries(units)
    .map(([building, to]) => ({ building, from: buildings[building]?.unit ?? null, to }))
    .filter(({ from, to }) => from !== to)
    .toSorted((a, b) => (a.building < b.building ? -1 : 1));

/** The units that an environment shows, by building. */
export const unitsOf = ({ buildings }: Pick<WhereEnvironment, 'buildings'>): Record<string, string> =>
  Object.fromEntries(Object.entries(buildings).map(([building, { unit }]) => [building, unit]));

const words = (building: string, unit: string): string => (unit.startsWith(`${building}@`) ? versionOf(unit) : unitWords(unit));

/** `main: 1.0.0 → 1.1.0` */
export const differenceWords = ({ building, from, to }: Difference): string =>
  `${building}: ${from === null ? 'not there' : words(building, from)} → ${words(building, to)}`;

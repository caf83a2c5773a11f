import type { Fault } from '#schemas/problem.ts';
import type { Snapshot } from '#schemas/snapshot.ts';
import { type BrokenPair, brokenPairs } from './compatibility/broken-pairs.ts';
import { escapePointer } from '#schemas/json-pointer.ts';
import { giverWords, pairWords } from './compatibility/pair-words.ts';

/** Every pair of units that some visitor could be given together although one of them says that they do not fit. */
export const incompatibilities = (snapshot: Snapshot): Fault[] => brokenPairs(snapshot).map(faultOf);

export const faultOf = (pair: BrokenPair): Fault => ({
  path: `/units/${pair.unit.id}/${pair.field}/${escapePointer(pair.name)}`,
  message: pairWords(pair),
});

/** The pairs that can come about by `after` in a way in which they could not by `before`, each with those ways alone. */
export function newBrokenPairs(before: Snapshot | null, after: Snapshot): BrokenPair[] {
  const found = brokenPairs(after);
  if (found.length === 0 || !before) return found;
  const known = new Set(brokenPairs(before).flatMap((pair) => pair.ways.map((way) => nameOf(pair, way))));
  return found
    .map((pair) => ({ ...pair, ways: pair.ways.filter((way) => !known.has(nameOf(pair, way))) }))
    .filter(({ ways }) => ways.length > 0);
}

const nameOf = ({ unit, field, name, other }: BrokenPair, way: BrokenPair['ways'][number]): string =>
  JSON.stringify([unit.id, field, name, other.id, giverWords(way.unit), giverWords(way.other)]);

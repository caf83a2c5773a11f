import type { PublishedUnit } from '#schemas/registry.ts';
import { type ParsedVersion, parseVersion } from '#schemas/version-tag.ts';

/** A version that can become another one, with the same bytes. */
export type UnitPromotion = { unit: PublishedUnit; name: string; from: string; to: string };

type Parsed = { unit: PublishedUnit; parsed: ParsedVersion };

/** The number of a candidate, or the day of a snapshot. */
const serialOf = (version: string): number => Number(version.slice(version.lastIndexOf('.') + 1));

/**
 * Of each version that is not stable yet: its newest candidate, to become it, and its newest snapshot, to become the next
 * candidate unless it has become one. By name, highest version last published first.
 */
export function unitPromotions(units: readonly PublishedUnit[]): UnitPromotion[] {
  const groups = new Map<string, Parsed[]>();
  for (const unit of units) {
    const parsed = parseVersion(unit.unit.version);
    if ('fault' in parsed) continue;
    const key = `${unit.unit.name}@${parsed.core}`;
    groups.set(key, [...(groups.get(key) ?? []), { unit, parsed }]);
  }
  return [...groups.values()]
    .filter((group) => group.every(({ parsed }) => parsed.kind !== 'stable'))
    .flatMap(promotionsOf)
    .toSorted((a, b) => (a.name === b.name ? b.unit.published_at - a.unit.published_at : a.name < b.name ? -1 : 1));
}

function promotionsOf(group: Parsed[]): UnitPromotion[] {
  const newest = (kind: ParsedVersion['kind']): Parsed | undefined =>
    group
      .filter(({ unit, parsed }) => parsed.kind === kind && unit.expired_at === undefined)
      .toSorted((a, b) => serialOf(b.parsed.version) - serialOf(a.parsed.version))[0];
  const [candidate, snapshot] = [newest('rc'), newest('snapshot')];
  const promotion = ({ unit }: Parsed, to: string): UnitPromotion => ({ unit, name: unit.unit.name, from: unit.unit.version, to });
  const next = candidate ? serialOf(candidate.parsed.version) + 1 : 1;
  const wasPromoted = group.some(({ unit }) => unit.promotion?.from === snapshot?.parsed.version);
  return [
    ...(candidate ? [promotion(candidate, candidate.parsed.core)] : []),
    ...(snapshot && !wasPromoted ? [promotion(snapshot, `${snapshot.parsed.core}-rc.${next}`)] : []),
  ];
}

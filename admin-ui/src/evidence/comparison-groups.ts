import type { ComparisonEvidence, Evidence } from '#schemas/verdict.ts';

export type ComparisonGroup = { arm: string; segment: string | undefined; comparisons: ComparisonEvidence[] };

/** The comparisons of each arm: of all visitors first, then of each segment. */
export function comparisonGroups({ comparisons }: Evidence): ComparisonGroup[] {
  const groups = new Map<string, ComparisonGroup>();
  for (const comparison of comparisons) {
    const { arm, segment } = comparison;
    const key = JSON.stringify([arm, segment]);
    const group = groups.get(key) ?? { arm, segment, comparisons: [] };
    group.comparisons.push(comparison);
    groups.set(key, group);
  }
  const arms = [...new Set(comparisons.map(({ arm }) => arm))];
  return [...groups.values()].toSorted(
    (a, b) => arms.indexOf(a.arm) - arms.indexOf(b.arm) || Number(a.segment !== undefined) - Number(b.segment !== undefined),
  );
}

const USUAL_MOST = 5;
const MOST = 50;

/** One axis for all comparisons, so that they can be compared by eye; wide enough for every estimate. */
export function axisOf({ comparisons }: Evidence): number {
  const ratios = comparisons.flatMap(({ relative_risk: risk, excluded_risk: excluded }) => [
    ...(risk ? [Math.max(risk, 1 / risk)] : []),
    ...(excluded ? [excluded] : []),
  ]);
  return Math.min(MOST, Math.max(USUAL_MOST, ...ratios.map((ratio) => ratio * 1.25)));
}

/** What still stands between the step and its end: the comparisons that ask for evidence, those furthest from it first. */
export const toExclude = ({ comparisons }: Evidence): (ComparisonEvidence & { excluded_risk: number; excluded: number })[] =>
  comparisons
    .flatMap((one) =>
      one.excluded_risk === null || one.excluded === null ? [] : [{ ...one, excluded_risk: one.excluded_risk, excluded: one.excluded }],
    )
    .toSorted((a, b) => a.excluded - b.excluded || (b.samples_needed ?? 0) - (a.samples_needed ?? 0));

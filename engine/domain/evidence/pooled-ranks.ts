import { normalQuantile } from './normal-quantile.ts';

/** How many values it takes until what came before them counts for 1/e. */
const MEMORY = 1_000;
/** Less than this of a value is forgotten. */
const GRAIN = 1e-3;

/** The label-free histogram of the values of all arms: bins, ascending, and their decayed counts. */
export type Pooled = readonly (readonly [bin: number, count: number])[];

/** The values of a batch, by bin, ascending, beside the histogram that they are now part of. */
export type RankedBatch = {
  /** Where the middle of each bin stands among all values, 0…1, and that as a normal score. */
  levels: number[];
  scores: number[];
  /** For each level of interest the share of all values whose bins stand above it. */
  tails: ReadonlyMap<number, number>;
};

/**
 * Adds a batch (`bins` ascending, with `counts`) to the histogram, which fades by exp(−N/1000) for N values, and ranks it there.
 * No label comes in: that is what makes bets by these ranks fair.
 */
export function rankInPool(
  pooled: Pooled,
  bins: readonly number[],
  counts: readonly number[],
  levelsOfInterest: Iterable<number>,
): { pooled: [number, number][]; batch: RankedBatch } {
  let added = 0;
  for (const count of counts) added += count;
  const merged = merge(pooled, bins, counts, Math.exp(-added / MEMORY));
  let total = 0;
  for (const [, count] of merged) total += count;
  const tails = new Map<number, number>();
  for (const level of levelsOfInterest) tails.set(level, 0);
  const watched = [...tails.keys()];
  const sums = watched.map(() => 0);
  const levels: number[] = [];
  const scores: number[] = [];
  let below = 0;
  let next = 0;
  for (const [bin, count] of merged) {
    const level = (below + count / 2) / total;
    below += count;
    for (let i = 0; i < watched.length; i++) if (level > watched[i]!) sums[i]! += count;
    if (next === bins.length || bin !== bins[next]) continue;
    levels.push(level);
    scores.push(normalQuantile(level));
    next++;
  }
  watched.forEach((level, i) => tails.set(level, sums[i]! / total));
  return { pooled: merged, batch: { levels, scores, tails } };
}

function merge(pooled: Pooled, bins: readonly number[], counts: readonly number[], fade: number): [number, number][] {
  const merged: [number, number][] = [];
  let next = 0;
  for (const [bin, count] of pooled) {
    while (next < bins.length && bins[next]! < bin) merged.push([bins[next]!, counts[next++]!]);
    const left = Math.round((count * fade) / GRAIN) * GRAIN;
    if (next < bins.length && bins[next] === bin) merged.push([bin, left + counts[next++]!]);
    else if (left > 0) merged.push([bin, left]);
  }
  while (next < bins.length) merged.push([bins[next]!, counts[next++]!]);
  return merged;
}

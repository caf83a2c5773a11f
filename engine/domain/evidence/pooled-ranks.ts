import { normalQuantile } from './normal-quantile.ts';

/** How many values it takes until what came before them counts for 1/e. */
const MEMORY = 1_000;
/** Less than this of a value is forgotten. */
const GRAIN = 1e-3;

/** The label-free histogram of the values of all arms: bins, ascending, and their decayed counts. */
export type Pooled = readonly (readonly [bin: number, count: number])[];

/** Bins, ascending, and how many values are in each. */
export type Histogram = { bins: ArrayLike<number>; counts: ArrayLike<number> };

/** Where the values of a batch stand among all values that they are now part of. */
export type Ranks = {
  /** Of the middle of each bin of the batch: 0…1, and that as a normal score. */
  levels: Float64Array;
  scores: Float64Array;
  /** For each level of interest the share of all values whose bins stand above it. */
  tails: number[];
};

/**
 * Adds a batch to the histogram, which fades by exp(−N/1000) for N values, and ranks it there. `interest`: levels, ascending.
 * No label comes in: that is what makes bets by these ranks fair.
 */
export function rankInPool(pooled: Pooled, batch: Histogram, interest: readonly number[]): { pooled: [number, number][]; ranks: Ranks } {
  const { bins, counts } = batch;
  let added = 0;
  for (let i = 0; i < counts.length; i++) added += counts[i]!;
  const merged = merge(pooled, batch, Math.exp(-added / MEMORY));
  let total = 0;
  for (const entry of merged) total += entry[1];
  const levels = new Float64Array(bins.length);
  const scores = new Float64Array(bins.length);
  const tails: number[] = [];
  let below = 0;
  let next = 0;
  for (const [bin, count] of merged) {
    const level = (below + count / 2) / total;
    while (tails.length < interest.length && level > interest[tails.length]!) tails.push(1 - below / total);
    below += count;
    if (next === bins.length || bin !== bins[next]) continue;
    levels[next] = level;
    scores[next++] = normalQuantile(level);
  }
  while (tails.length < interest.length) tails.push(0);
  return { pooled: merged, ranks: { levels, scores, tails } };
}

function merge(pooled: Pooled, { bins, counts }: Histogram, fade: number): [number, number][] {
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

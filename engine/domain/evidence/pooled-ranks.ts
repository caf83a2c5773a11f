import { normalQuantile } from './normal-quantile.ts';

/** How many values it takes until what came before them counts for 1/e. */
const MEMORY = 1_000;
/** Less than this of a value is forgotten. */
const GRAIN = 1e-3;

/** Bins, ascending, and how many values are in each: of a batch, or, decayed, of all arms so far without their labels. */
export type Histogram = { bins: readonly number[]; counts: readonly number[] };

/** Where the values of a batch stand among all values that they are now part of. */
export type Ranks = {
  /** Of the middle of each bin of the batch: 0…1, and that as a normal score. */
  levels: number[];
  scores: number[];
  /** For each level of interest the share of all values whose bins stand above it. */
  tails: number[];
};

/**
 * Adds a batch to the histogram, which fades by exp(−N/1000) for N values, and ranks it there. `interest`: levels, ascending.
 * No label comes in: that is what makes bets by these ranks fair.
 */
export function rankInPool(
  pooled: Histogram,
  batch: Histogram,
  interest: readonly number[],
): { pooled: { bins: number[]; counts: number[] }; ranks: Ranks } {
  let added = 0;
  for (const count of batch.counts) added += count;
  const merged = merge(pooled, batch, Math.exp(-added / MEMORY));
  let total = 0;
  for (const count of merged.counts) total += count;
  const levels: number[] = [];
  const scores: number[] = [];
  const tails: number[] = [];
  let below = 0;
  let next = 0;
  for (let i = 0; i < merged.bins.length; i++) {
    const count = merged.counts[i]!;
    const level = (below + count / 2) / total;
    while (tails.length < interest.length && level > interest[tails.length]!) tails.push(1 - below / total);
    below += count;
    if (next === batch.bins.length || merged.bins[i] !== batch.bins[next]) continue;
    levels.push(level);
    scores.push(normalQuantile(level));
    next++;
  }
  while (tails.length < interest.length) tails.push(0);
  return { pooled: merged, ranks: { levels, scores, tails } };
}

function merge(pooled: Histogram, batch: Histogram, fade: number): { bins: number[]; counts: number[] } {
  const bins: number[] = [];
  const counts: number[] = [];
  let next = 0;
  for (let i = 0; i < pooled.bins.length; i++) {
    const bin = pooled.bins[i]!;
    for (; next < batch.bins.length && batch.bins[next]! < bin; next++) {
      bins.push(batch.bins[next]!);
      counts.push(batch.counts[next]!);
    }
    const left = Math.round((pooled.counts[i]! * fade) / GRAIN) * GRAIN;
    const isBoth = next < batch.bins.length && batch.bins[next] === bin;
    if (!isBoth && left === 0) continue;
    bins.push(bin);
    counts.push(isBoth ? left + batch.counts[next++]! : left);
  }
  for (; next < batch.bins.length; next++) {
    bins.push(batch.bins[next]!);
    counts.push(batch.counts[next]!);
  }
  return { bins, counts };
}

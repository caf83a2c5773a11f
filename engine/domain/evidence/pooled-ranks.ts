import { normalQuantile } from './normal-quantile.ts';

/** How many values it takes until what came before them counts for 1/e. */
const MEMORY = 1_000;
/** Pooled counts are in thousandths of a value; less than one is forgotten. */
const THOUSANDTHS = 1_000;

/** Bins, ascending, and how many values are in each. */
export type Histogram = { bins: readonly number[]; counts: readonly number[] };

/** The values of all arms so far without their labels, decayed: counts in whole thousandths of a value. */
export type Pooled = { bins: number[]; counts: number[] };

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
export function rankInPool(pooled: Readonly<Pooled>, batch: Histogram, interest: readonly number[]): { pooled: Pooled; ranks: Ranks } {
  const { bins, counts } = merge(pooled, batch);
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  const levels: number[] = [];
  const scores: number[] = [];
  const tails: number[] = [];
  let below = 0;
  let next = 0;
  for (let i = 0; i < bins.length; i++) {
    const count = counts[i]!;
    const level = (below + count / 2) / total;
    while (tails.length < interest.length && level > interest[tails.length]!) tails.push(1 - below / total);
    below += count;
    if (next === batch.bins.length || bins[i] !== batch.bins[next]) continue;
    levels.push(level);
    scores.push(normalQuantile(level));
    next++;
  }
  while (tails.length < interest.length) tails.push(0);
  return { pooled: { bins, counts }, ranks: { levels, scores, tails } };
}

function merge({ bins: oldBins, counts: oldCounts }: Readonly<Pooled>, { bins: newBins, counts: newCounts }: Histogram): Pooled {
  let values = 0;
  for (let i = 0; i < newCounts.length; i++) values += newCounts[i]!;
  const fade = Math.exp(-values / MEMORY);
  const bins: number[] = [];
  const counts: number[] = [];
  let next = 0;
  for (let i = 0; i < oldBins.length; i++) {
    const bin = oldBins[i]!;
    for (; next < newBins.length && newBins[next]! < bin; next++) {
      bins.push(newBins[next]!);
      counts.push(THOUSANDTHS * newCounts[next]!);
    }
    let count = Math.round(oldCounts[i]! * fade);
    if (next < newBins.length && newBins[next] === bin) count += THOUSANDTHS * newCounts[next++]!;
    if (count === 0) continue;
    bins.push(bin);
    counts.push(count);
  }
  for (; next < newBins.length; next++) {
    bins.push(newBins[next]!);
    counts.push(THOUSANDTHS * newCounts[next]!);
  }
  return { bins, counts };
}

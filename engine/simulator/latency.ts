import { RELATIVE_ACCURACY, valueOf } from '#engine/domain/evidence/bins.ts';
import { normalQuantile } from '#engine/domain/evidence/normal-quantile.ts';
import type { Scenario } from '#schemas/simulation.ts';
import type { Random } from './random.ts';

/** The bins of `binOf`, from the logarithm of a value: most of the time of a simulation goes by here. */
const BINS_PER_LOG = 1 / Math.log((1 + RELATIVE_ACCURACY) / (1 - RELATIVE_ACCURACY));
/** Bins from here up to, and without, `LOWEST + BINS`: from a nanosecond to a thousand years. */
const LOWEST = -512;
const BINS = 2_048;
const VALUES = Float64Array.from({ length: BINS }, (_, at) => valueOf(at + LOWEST));

/** How many equally likely values a normal deviate takes here; its tails end at 4.3 standard deviations. */
const QUANTILES = 2 ** 16;
const NORMAL = Float64Array.from({ length: QUANTILES }, (_, index) => normalQuantile((index + 0.5) / QUANTILES));

/** Draws a latency of the scenario, `factor` times as long as usual, as its bin. */
export type DrawLatency = (factor: number, random: Random) => number;

export function latencyOf({ baseline }: Scenario): DrawLatency {
  const scale = baseline.latency_spread * BINS_PER_LOG;
  return (factor, random) => {
    const bin = Math.ceil(Math.log(baseline.latency_ms * factor) * BINS_PER_LOG + scale * NORMAL[random.bits() >>> 16]!);
    return Math.min(LOWEST + BINS - 1, Math.max(LOWEST, bin));
  };
}

/** The milliseconds that a bin stands for. */
export const millisecondsOf = (bin: number): number => VALUES[bin - LOWEST]!;

/** Counts bins; what it counted is taken out in order, and it is empty again. */
export type BinCounter = { add: (bin: number) => void; take: () => [bin: number, count: number][] };

export function createBinCounter(): BinCounter {
  const counts = new Int32Array(BINS);
  let low = BINS;
  let high = -1;
  return {
    add(bin) {
      const at = bin - LOWEST;
      counts[at]! += 1;
      if (at < low) low = at;
      if (at > high) high = at;
    },
    take() {
      const bins: [number, number][] = [];
      for (let at = low; at <= high; at++) {
        const count = counts[at]!;
        if (count === 0) continue;
        bins.push([at + LOWEST, count]);
        counts[at] = 0;
      }
      low = BINS;
      high = -1;
      return bins;
    },
  };
}

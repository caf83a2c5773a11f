import type { OrderedComparison } from '#schemas/analysis.ts';
import type { HealthDelta, RankComparison, RankEvidence } from '#schemas/health.ts';
import { LAST_BIN, ZERO_BIN } from './bins.ts';
import type { Rival } from './compared-rollout.ts';
import { labelChance } from './label-odds.ts';
import { rankInPool } from './pooled-ranks.ts';
import { type Counts, TAIL_LEVELS, countAbove, noRankEvidence, rankGains } from './rank-bets.ts';

/** Who is slow: above the 95th percentile of all arms. */
const SLOW_ABOVE = 0.95;

/** The arms that are compared with the control in a period, each with its share of the visitors of the two, between 0 and 1. */
export type RivalsOf = (period: number) => readonly Rival[];

type Values = NonNullable<HealthDelta['values'][OrderedComparison]>;

/** The first values of one metric that fell into one minute of one period. */
export type Batch = { minute: number; period: number; arms: Map<string, Values> };

export type RankFold = { control: string; rivalsOf: RivalsOf; margin: number; openAt: (minute: number) => number };

/** How many values of the batch were of an arm, and how many of them slow. */
export type Timed = { minute: number; period: number; arm: string; timed: number; slow: number };

/** Folds the batches, which must come by minute, into the comparison; `note` is told what was counted. */
export function foldRanks(
  was: RankComparison | undefined,
  batches: readonly Batch[],
  { control, rivalsOf, margin, openAt }: RankFold,
  note: (timed: Timed) => void,
): RankComparison {
  let pooled: RankComparison['pooled'] = was?.pooled ?? [];
  const arms: Record<string, RankEvidence> = { ...was?.arms };
  for (const { minute, period, arms: values } of batches) {
    const { bins, counts, byArm } = spread(values);
    const { pooled: now, ranks } = rankInPool(pooled, { bins, counts }, TAIL_LEVELS);
    pooled = now;
    for (const [arm, own] of byArm) {
      note({ minute, period, arm, timed: countAbove(ranks.levels, -1, own), slow: countAbove(ranks.levels, SLOW_ABOVE, own) });
    }
    const open = openAt(minute);
    if (open === 0) continue;
    const none = new Float64Array(bins.length);
    const ofControl = byArm.get(control) ?? none;
    // Every rival, also one without a value: to begin with its first value would be to know its label.
    for (const [arm, share] of rivalsOf(period)) {
      const gains = rankGains(ranks, labelChance(share, margin), byArm.get(arm) ?? none, ofControl);
      arms[arm] = added(arms[arm] ?? noRankEvidence(), open, gains);
    }
  }
  return { pooled, arms };
}

const added = (evidence: RankEvidence, open: number, gains: readonly number[]): RankEvidence =>
  evidence.map((logs, window) => (window < open ? logs.map((log, i) => log + gains[i]!) : logs));

/** The bins of all arms, ascending, with their sums, and each arm's counts in them. */
function spread(values: Batch['arms']): { bins: number[]; counts: Counts; byArm: Map<string, Counts> } {
  let lowest = LAST_BIN;
  let highest = ZERO_BIN;
  for (const list of values.values()) {
    for (const [bin] of list) {
      if (bin < lowest) lowest = bin;
      if (bin > highest) highest = bin;
    }
  }
  lowest = clamped(lowest);
  const totals = new Float64Array(clamped(highest) - lowest + 1);
  for (const list of values.values()) for (const [bin, count] of list) totals[clamped(bin) - lowest]! += count;
  const bins: number[] = [];
  const places = new Int16Array(totals.length);
  for (let i = 0; i < totals.length; i++) if (totals[i]! > 0) places[i] = bins.push(lowest + i) - 1;
  const counts = new Float64Array(bins.length);
  for (let i = 0; i < bins.length; i++) counts[i] = totals[bins[i]! - lowest]!;
  const byArm = new Map<string, Counts>();
  for (const [arm, list] of values) {
    const own = new Float64Array(bins.length);
    for (const [bin, count] of list) own[places[clamped(bin) - lowest]!]! += count;
    byArm.set(arm, own);
  }
  return { bins, counts, byArm };
}

const clamped = (bin: number): number => Math.min(Math.max(bin, ZERO_BIN), LAST_BIN);

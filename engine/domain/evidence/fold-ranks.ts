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
  let pooled: RankComparison['pooled'] = was?.pooled ?? { bins: [], counts: [] };
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
    const none = zeros(bins.length);
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

/** The bins of all arms, ascending, with their sums, and each arm's counts in them. (Pairs are not destructured: it takes thrice as long.) */
function spread(values: Batch['arms']): { bins: number[]; counts: Counts; byArm: Map<string, Counts> } {
  let lowest = LAST_BIN;
  let highest = ZERO_BIN;
  for (const list of values.values()) {
    for (const pair of list) {
      if (pair[0] < lowest) lowest = pair[0];
      if (pair[0] > highest) highest = pair[0];
    }
  }
  lowest = clamped(lowest);
  const size = clamped(highest) - lowest + 1;
  const totals = zeros(size);
  for (const list of values.values()) for (const pair of list) totals[clamped(pair[0]) - lowest]! += pair[1];
  const bins: number[] = [];
  const places = zeros(size);
  for (let i = 0; i < size; i++) if (totals[i]! > 0) places[i] = bins.push(lowest + i) - 1;
  const counts = bins.map((bin) => totals[bin - lowest]!);
  const byArm = new Map<string, Counts>();
  for (const [arm, list] of values) {
    const own = zeros(bins.length);
    for (const pair of list) own[places[clamped(pair[0]) - lowest]!]! += pair[1];
    byArm.set(arm, own);
  }
  return { bins, counts, byArm };
}

/** Plain arrays: typed ones of this size cost more to make than to use. */
function zeros(length: number): number[] {
  const list: number[] = [];
  for (let i = 0; i < length; i++) list.push(0);
  return list;
}

const clamped = (bin: number): number => (bin < ZERO_BIN ? ZERO_BIN : bin > LAST_BIN ? LAST_BIN : bin);

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
  const dense = new Map([...values].map(([arm, list]) => [arm, densely(list)]));
  const totals = new Float64Array(BINS);
  for (const own of dense.values()) for (let i = 0; i < BINS; i++) totals[i]! += own[i]!;
  const bins: number[] = [];
  for (let i = 0; i < BINS; i++) if (totals[i]! > 0) bins.push(i + ZERO_BIN);
  const pick = (own: Counts): Counts => {
    const picked = new Float64Array(bins.length);
    for (let i = 0; i < bins.length; i++) picked[i] = own[bins[i]! - ZERO_BIN]!;
    return picked;
  };
  return { bins, counts: pick(totals), byArm: new Map([...dense].map(([arm, own]) => [arm, pick(own)])) };
}

const BINS = LAST_BIN - ZERO_BIN + 1;

function densely(list: Values): Counts {
  const dense = new Float64Array(BINS);
  for (const [bin, count] of list) dense[Math.min(Math.max(bin, ZERO_BIN), LAST_BIN) - ZERO_BIN]! += count;
  return dense;
}

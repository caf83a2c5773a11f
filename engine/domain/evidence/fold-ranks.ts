import type { OrderedComparison } from '#schemas/analysis.ts';
import type { HealthDelta, RankComparison, RankEvidence } from '#schemas/health.ts';
import { labelChance } from './label-odds.ts';
import { rankInPool } from './pooled-ranks.ts';
import { TAILS, noRankEvidence, rankGains, splitAt } from './rank-bets.ts';

/** Who is slow: above the 95th percentile of all arms. */
export const SLOW_ABOVE = 0.95;
const LEVELS = [...new Set([SLOW_ABOVE, ...TAILS.map(({ above }) => above)])];

/** The arms that are compared with the control in a period, each with its share of the visitors of the two, between 0 and 1. */
export type RivalsOf = (period: number) => readonly (readonly [arm: string, share: number])[];

/** The first values of one metric that fell into one minute of one period. */
export type Batch = { minute: number; period: number; arms: Map<string, HealthDelta['values'][OrderedComparison] & object> };

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
    const ranked = rankInPool(pooled, bins, counts, LEVELS);
    pooled = ranked.pooled;
    const open = openAt(minute);
    for (const [arm, ofArm] of byArm) {
      const [slow, rest] = splitAt(ranked.batch.levels, SLOW_ABOVE, ofArm);
      note({ minute, period, arm, timed: slow + rest, slow });
    }
    if (open === 0) continue;
    const none = bins.map(() => 0);
    const ofControl = byArm.get(control) ?? none;
    // Every rival, also one without a value: to begin with its first value would be to know its label.
    for (const [arm, share] of rivalsOf(period)) {
      const gains = rankGains(ranked.batch, labelChance(share, margin), byArm.get(arm) ?? none, ofControl);
      arms[arm] = added(arms[arm] ?? noRankEvidence(), open, gains);
    }
  }
  return { pooled, arms };
}

const added = (evidence: RankEvidence, open: number, gains: readonly number[]): RankEvidence =>
  evidence.map((logs, window) => (window < open ? logs.map((log, i) => log + gains[i]!) : logs));

/** The bins of all arms, ascending, with their sums, and each arm's counts in them. */
function spread(values: Batch['arms']): { bins: number[]; counts: number[]; byArm: Map<string, number[]> } {
  const places = new Map<number, number>();
  for (const list of values.values()) for (const [bin] of list) places.set(bin, 0);
  const bins = [...places.keys()].toSorted((a, b) => a - b);
  bins.forEach((bin, place) => places.set(bin, place));
  const counts = bins.map(() => 0);
  const byArm = new Map<string, number[]>();
  for (const [arm, list] of values) {
    const own = bins.map(() => 0);
    for (const [bin, count] of list) {
      const place = places.get(bin)!;
      own[place]! += count;
      counts[place]! += count;
    }
    byArm.set(arm, own);
  }
  return { bins, counts, byArm };
}

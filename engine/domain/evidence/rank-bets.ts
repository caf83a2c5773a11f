import type { RankEvidence } from '#schemas/health.ts';
import { WINDOWS_MINUTES } from '#schemas/health.ts';
import { logBet } from './label-odds.ts';
import type { Ranks } from './pooled-ranks.ts';

/** The bets on ranks (DECISIONS, "Latency"): on a shift of the normal scores, and on more than a fair share of the tail. */
export const SHIFTS: readonly number[] = [0.08, 0.18, 0.42, 0.95];
const P75 = 0;
const P95 = 1;
/** The levels that tails begin at. */
export const TAIL_LEVELS: readonly number[] = [0.75, 0.95];
export const TAILS: readonly { level: number; ratio: number }[] = [
  { level: P75, ratio: 1.25 },
  { level: P95, ratio: 1.5 },
  { level: P95, ratio: 3 },
];
/** How much each component of RankEvidence weighs: shifts, then tails. */
export const RANK_WEIGHTS: readonly number[] = [0.15, 0.2, 0.2, 0.12, 0.1, 0.13, 0.1];

export const noRankEvidence = (): RankEvidence => WINDOWS_MINUTES.map(() => RANK_WEIGHTS.map(() => 0));

/** How many values of an arm are in each bin of a batch. */
export type Counts = Float64Array;

/**
 * What each component gains, in log, by a batch: a value at rank z is bet to be the arm's at odds LR(z) times the fair ones.
 * Ranks are those of all values of the batch without their labels, so that nothing of a label is known when its bet is made.
 * `share` is the arm's of the visitors of the two, between 0 and 1.
 */
export function rankGains(ranks: Ranks, share: number, arm: Counts, control: Counts): number[] {
  const gains = SHIFTS.map((shift) => shiftGain(shift, share, ranks.scores, arm, control));
  const tails = TAIL_LEVELS.map((above) => [countAbove(ranks.levels, above, arm), countAbove(ranks.levels, above, control)] as const);
  const ofArm = sum(arm);
  const ofControl = sum(control);
  for (const { level, ratio } of TAILS) {
    const tail = ranks.tails[level]!;
    const [armAbove, controlAbove] = tails[level]!;
    const rest = (1 - ratio * tail) / (1 - tail);
    // A bin reaches half its count below its level, so a tail may hold up to twice what it should: never so much that a bet loses all.
    const isFair = tail > 0 && rest > 0;
    gains.push(isFair ? logBet(share, ratio, armAbove, controlAbove) + logBet(share, rest, ofArm - armAbove, ofControl - controlAbove) : 0);
  }
  return gains;
}

/** LR = exp(βz − β²(½ − w)). Factors are multiplied as long as they may be, since their logarithms are what takes the time. */
function shiftGain(shift: number, share: number, scores: Float64Array, arm: Counts, control: Counts): number {
  const drift = shift * shift * (0.5 - share);
  let log = 0;
  let product = 1;
  for (let i = 0; i < scores.length; i++) {
    const ofArm = arm[i]!;
    const both = ofArm + control[i]!;
    if (both === 0) continue;
    const logRatio = shift * scores[i]! - drift;
    log += ofArm * logRatio;
    const factor = 1 - share + share * Math.exp(logRatio);
    if (both > 8) log -= both * Math.log(factor);
    else for (let n = 0; n < both; n++) product *= factor;
    if (product > 1e100 || product < 1e-100) {
      log -= Math.log(product);
      product = 1;
    }
  }
  return log - Math.log(product);
}

/** How many are above the level. */
export function countAbove(levels: Float64Array, level: number, counts: Counts): number {
  let above = 0;
  for (let i = levels.length - 1; i >= 0 && levels[i]! > level; i--) above += counts[i]!;
  return above;
}

function sum(counts: Counts): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  return total;
}

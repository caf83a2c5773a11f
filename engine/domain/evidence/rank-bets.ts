import type { RankEvidence } from '#schemas/health.ts';
import { WINDOWS_MINUTES } from '#schemas/health.ts';
import type { RankedBatch } from './pooled-ranks.ts';

/** The bets on ranks (DECISIONS, "Latency"): on a shift of the normal scores, and on more than a fair share of the tail. */
export const SHIFTS: readonly number[] = [0.08, 0.18, 0.42, 0.95];
export const TAILS: readonly { above: number; ratio: number }[] = [
  { above: 0.75, ratio: 1.25 },
  { above: 0.95, ratio: 1.5 },
  { above: 0.95, ratio: 3 },
];
/** The components of RankEvidence: shifts, then tails; and how much each weighs. */
export const RANK_COMPONENTS: readonly string[] = [
  ...SHIFTS.map((shift) => `shift ${shift}`),
  ...TAILS.map(({ above, ratio }) => `${ratio} times above p${100 * above}`),
];
export const RANK_WEIGHTS: readonly number[] = [0.15, 0.2, 0.2, 0.12, 0.1, 0.13, 0.1];

export const noRankEvidence = (): RankEvidence => WINDOWS_MINUTES.map(() => RANK_COMPONENTS.map(() => 0));

/**
 * What each component gains, in log, by a batch: a value at rank z is bet to be the arm's at the odds LR(z) : 1 instead of
 * 1 : 1. Ranks are those of all values of the batch without their labels, so that nothing of a label is known when its bet is made.
 * `share` is the arm's of the visitors of the two, between 0 and 1; counts are by the bins of the batch.
 */
export function rankGains(batch: RankedBatch, share: number, arm: readonly number[], control: readonly number[]): number[] {
  const gains = SHIFTS.map((shift) => shiftGain(shift, share, batch.scores, arm, control));
  for (const { above, ratio } of TAILS) gains.push(tailGain(batch, above, ratio, share, arm, control));
  return gains;
}

/** LR = exp(βz − β²(½ − w)). */
function shiftGain(shift: number, share: number, scores: readonly number[], arm: readonly number[], control: readonly number[]): number {
  const drift = shift * shift * (0.5 - share);
  let log = 0;
  for (let i = 0; i < scores.length; i++) {
    const ofArm = arm[i]!;
    const both = ofArm + control[i]!;
    if (both === 0) continue;
    const logRatio = shift * scores[i]! - drift;
    log += ofArm * logRatio - both * Math.log(1 - share + share * Math.exp(logRatio));
  }
  return log;
}

/** LR = r above the pooled quantile, else (1 − r·p)/(1 − p), p the pooled share above it. */
function tailGain(
  { levels, tails }: RankedBatch,
  above: number,
  ratio: number,
  share: number,
  arm: readonly number[],
  control: readonly number[],
): number {
  const tail = tails.get(above)!;
  if (tail <= 0 || ratio * tail >= 1) return 0;
  const [armAbove, armBelow] = splitAt(levels, above, arm);
  const [controlAbove, controlBelow] = splitAt(levels, above, control);
  const below = (1 - ratio * tail) / (1 - tail);
  return bet(share, ratio, armAbove, controlAbove) + bet(share, below, armBelow, controlBelow);
}

const bet = (share: number, ratio: number, arm: number, control: number): number =>
  arm * Math.log(ratio) - (arm + control) * Math.log(1 - share + share * ratio);

/** How many are above the level, and how many are not. */
export function splitAt(levels: readonly number[], above: number, counts: readonly number[]): [number, number] {
  let over = 0;
  let under = 0;
  for (let i = 0; i < levels.length; i++) {
    if (levels[i]! > above) over += counts[i]!;
    else under += counts[i]!;
  }
  return [over, under];
}

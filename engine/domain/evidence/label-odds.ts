import { logMixture } from './log-mixture.ts';

/**
 * The chance that an outcome is the arm's, when the arm and its control are to be given `share` and 1 − `share` of the visitors,
 * and a visitor of the arm has the outcome `ratio` times as often: w·r / (1 − w + w·r).
 */
export const labelChance = (share: number, ratio: number): number => (share * ratio) / (1 - share + share * ratio);

/**
 * What a bet on `ratio` gains in log: `arm` and `control` outcomes of visitors, of whom `share` are the arm's:
 * arm·ln(q/w) + control·ln((1 − q)/(1 − w)), q the label chance. For a ratio that was fixed before the outcomes it is the
 * log of a nonnegative martingale when the arm changes nothing.
 */
export const logBet = (share: number, ratio: number, arm: number, control: number): number =>
  arm * Math.log(ratio) - (arm + control) * Math.log1p(share * (ratio - 1));

/** Outcomes of an arm and its control that fell while the arm had `share` of the visitors of the two. */
export type Stratum = { share: number; arm: number; control: number };

export function logBets(strata: readonly Stratum[], ratio: number): number {
  const logRatio = Math.log(ratio);
  let log = 0;
  for (const { share, arm, control } of strata) log += arm * logRatio - (arm + control) * Math.log1p(share * (ratio - 1));
  return log;
}

/** More shares than these are not remembered; a rollout has a few. */
const MOST_SHARES = 1_000;

/**
 * The log of a mixture of bets on these ratios, as a function of the outcomes: {@link logBets} and {@link logMixture} with all
 * that does not depend on outcomes computed once, since it is looked at for every rollout at every tick.
 */
export function mixtureOfBets(ratios: readonly number[], weights: readonly number[]): (strata: readonly Stratum[]) => number {
  const logRatios = ratios.map(Math.log);
  const costs = new Map<number, readonly number[]>();
  const costsOf = (share: number): readonly number[] => {
    let known = costs.get(share);
    if (!known) {
      if (costs.size === MOST_SHARES) costs.clear();
      costs.set(share, (known = ratios.map((ratio) => Math.log1p(share * (ratio - 1)))));
    }
    return known;
  };
  return (strata) => {
    const logs = ratios.map(() => 0);
    for (const { share, arm, control } of strata) {
      const cost = costsOf(share);
      for (let i = 0; i < logs.length; i++) logs[i]! += arm * logRatios[i]! - (arm + control) * cost[i]!;
    }
    return logMixture(logs, weights);
  };
}

/** Shares as they would be if the arm were worse by the odds ratio that is still borne. */
export const withMargin = (strata: readonly Stratum[], margin: number): readonly Stratum[] =>
  margin === 1 ? strata : strata.map((stratum) => ({ ...stratum, share: labelChance(stratum.share, margin) }));

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

/** Shares as they would be if the arm were worse by the odds ratio that is still borne. */
export const withMargin = (strata: readonly Stratum[], margin: number): readonly Stratum[] =>
  margin === 1 ? strata : strata.map((stratum) => ({ ...stratum, share: labelChance(stratum.share, margin) }));

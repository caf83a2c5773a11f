import type { Stratum } from './label-odds.ts';
import { mixtureOfBets, withMargin } from './label-odds.ts';

/** How many times as often the arm is bet to have the outcome, and how much each bet weighs (DECISIONS, "Errors"). */
export const RATIOS: readonly number[] = [1.1, 1.3, 1.7, 2.6, 6, 18];
export const RATIO_WEIGHTS: readonly number[] = [0.12, 0.2, 0.23, 0.2, 0.15, 0.1];

/**
 * The log of the evidence that visitors of the arm have an outcome (an error, silence) more often than the control's: the
 * mixture over ratios of the product over strata. One-sided: a better arm never gains. If the arm is worse by no more than
 * `margin` (a ratio of odds), it reaches 1/α with a chance of at most α, whenever it is looked at.
 */
export function logTrialEvidence(strata: readonly Stratum[], margin = 1): number {
  return onRatios(withMargin(strata, margin));
}

const onRatios = mixtureOfBets(RATIOS, RATIO_WEIGHTS);

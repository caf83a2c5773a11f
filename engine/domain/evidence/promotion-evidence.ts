import { type Stratum, labelChance, logBets } from './label-odds.ts';

/** How far a regression is ruled out. */
export type Exclusion = {
  /** The relative risk that is to be ruled out. */
  risk: number;
  /** Evidence against it, in log, of all periods. */
  log: number;
  /** What it must reach: ln(1/β). */
  needed: number;
};

/**
 * A_R = Σ e1·ln(w/θ) + e0·ln((1 − w)/(1 − θ)), θ = w·R/(1 − w + w·R): how much likelier the outcomes are of a version that is
 * as good as its control than of one that is R times as bad. For a version that is at least R times as bad exp(A_R) is a
 * nonnegative supermartingale from the rollout's first outcome on, whatever shares and steps come: it ever reaches 1/β with
 * a chance of at most β. So evidence is gathered over the whole rollout, a step asks for its own R of all of it, and whatever
 * passes a step that excludes R has passed this one test, at any number of looks and steps.
 */
export const exclusionOf = (strata: readonly Stratum[], risk: number, beta: number): Exclusion => ({
  risk,
  log: -logBets(strata, risk),
  needed: -Math.log(beta),
});

/**
 * About how many more visitors it takes to rule it out, should the version be as good as its control: what is missing over what
 * each visitor is expected to add. `visitors` of the arm and the control gave the `outcomes` so far. Null: nothing to go by.
 */
export function visitorsNeeded({ risk, log, needed }: Exclusion, share: number, outcomes: number, visitors: number): number | null {
  if (log >= needed) return 0;
  if (outcomes === 0 || visitors === 0 || !(share > 0 && share < 1)) return null;
  const theta = labelChance(share, risk);
  const gain = share * Math.log(share / theta) + (1 - share) * Math.log((1 - share) / (1 - theta));
  if (!(gain > 0)) return null;
  const more = (needed - log) / (gain * Math.min(1, outcomes / visitors));
  return Number.isFinite(more) ? Math.min(Math.ceil(more), Number.MAX_SAFE_INTEGER) : null;
}

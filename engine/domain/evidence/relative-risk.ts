import { type Stratum, labelChance, logBets } from './label-odds.ts';
import { logMixture } from './log-mixture.ts';
import { RATIOS, RATIO_WEIGHTS } from './trial-evidence.ts';
import { totals } from './strata.ts';

/** Beyond these a relative risk is only "very much". */
export const HIGHEST_RISK = 1_000;
const LOWEST_RISK = 1 / HIGHEST_RISK;
/** Halvings of the range of logs: to within 1 %. */
const HALVINGS = 11;

/** How many times as often the arm has the outcome as its control, by maximum likelihood over strata; null without any outcome. */
export function relativeRisk(strata: readonly Stratum[]): number | null {
  const { arm, control } = totals(strata);
  if (arm + control === 0) return null;
  if (arm === 0) return 0;
  if (control === 0) return HIGHEST_RISK;
  const [only] = strata;
  if (strata.length === 1) return Math.min(HIGHEST_RISK, (only!.arm * (1 - only!.share)) / (only!.control * only!.share));
  const excess = (risk: number): number =>
    strata.reduce((sum, stratum) => sum + stratum.arm - (stratum.arm + stratum.control) * labelChance(stratum.share, risk), 0);
  return crossing(LOWEST_RISK, HIGHEST_RISK, (risk) => excess(risk) <= 0);
}

/**
 * All relative risks that the outcomes leave possible: always valid, at 1 − `alpha`. Each is tested by two-sided bets
 * against it; those with evidence below 1/alpha stay.
 */
export function riskInterval(strata: readonly Stratum[], alpha: number): [number, number] | null {
  const risk = relativeRisk(strata);
  if (risk === null) return null;
  const { arm, control } = totals(strata);
  const limit = -Math.log(alpha);
  const isOut = (candidate: number): boolean => logAgainst(strata, candidate) >= limit;
  const middle = Math.max(LOWEST_RISK, Math.min(HIGHEST_RISK, risk));
  const low = arm === 0 || !isOut(LOWEST_RISK) ? 0 : crossing(middle, LOWEST_RISK, isOut);
  const high = control === 0 || !isOut(HIGHEST_RISK) ? HIGHEST_RISK : crossing(middle, HIGHEST_RISK, isOut);
  return [low, high];
}

const TWO_SIDED = [...RATIOS, ...RATIOS.map((ratio) => 1 / ratio)];
const TWO_SIDED_WEIGHTS = [...RATIO_WEIGHTS, ...RATIO_WEIGHTS].map((weight) => weight / 2);

/** The log of the evidence against a relative risk. */
function logAgainst(strata: readonly Stratum[], risk: number): number {
  const against = strata.map((stratum) => ({ ...stratum, share: labelChance(stratum.share, risk) }));
  return logMixture(
    TWO_SIDED.map((ratio) => logBets(against, ratio)),
    TWO_SIDED_WEIGHTS,
  );
}

/** Where between the two, on a log scale, the test begins to hold; it does not at the first and does at the second. */
function crossing(from: number, to: number, holds: (value: number) => boolean): number {
  let out = Math.log(from);
  let inside = Math.log(to);
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (out + inside) / 2;
    if (holds(Math.exp(middle))) inside = middle;
    else out = middle;
  }
  return Math.exp((out + inside) / 2);
}

import { type Stratum, labelChance } from './label-odds.ts';
import { logMixture } from './log-mixture.ts';
import { RATIOS, RATIO_WEIGHTS } from './trial-evidence.ts';
import { totals } from './strata.ts';

/** Beyond these a relative risk is only "very much". */
export const HIGHEST_RISK = 1_000;
const LOG_HIGHEST = Math.log(HIGHEST_RISK);
/** Steps towards a bound, which is near enough where the evidence is this near its limit. */
const STEPS = 24;
const CLOSE = 0.05;

/** How many times as often the arm has the outcome as its control, by maximum likelihood over strata; null without any outcome. */
export function relativeRisk(strata: readonly Stratum[]): number | null {
  const { arm, control } = totals(strata);
  if (arm + control === 0) return null;
  if (arm === 0) return 0;
  if (control === 0) return HIGHEST_RISK;
  const [only] = strata;
  if (strata.length === 1) {
    const risk = (only!.arm * (1 - only!.share)) / (only!.control * only!.share);
    return Math.max(1 / HIGHEST_RISK, Math.min(HIGHEST_RISK, risk));
  }
  const excess = (log: number): number =>
    strata.reduce((sum, stratum) => sum + stratum.arm - (stratum.arm + stratum.control) * labelChance(stratum.share, Math.exp(log)), 0);
  let [low, high] = [-LOG_HIGHEST, LOG_HIGHEST];
  for (let i = 0; i < STEPS; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
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
  const excess = (log: number): number => logAgainst(strata, Math.exp(log)) - limit;
  const middle = Math.max(-LOG_HIGHEST, Math.min(LOG_HIGHEST, Math.log(risk)));
  const reach = Math.sqrt((2 * limit + 4) * (1 / Math.max(1, arm) + 1 / Math.max(1, control)));
  const low = arm === 0 || middle <= -LOG_HIGHEST ? null : boundOf(excess, middle, -LOG_HIGHEST, reach);
  const high = control === 0 || middle >= LOG_HIGHEST ? null : boundOf(excess, middle, LOG_HIGHEST, reach);
  return [low === null ? 0 : Math.exp(low), high === null ? HIGHEST_RISK : Math.exp(high)];
}

const TWO_SIDED = [...RATIOS, ...RATIOS.map((ratio) => 1 / ratio)];
const LOG_TWO_SIDED = TWO_SIDED.map(Math.log);
const TWO_SIDED_WEIGHTS = [...RATIO_WEIGHTS, ...RATIO_WEIGHTS].map((weight) => weight / 2);

/** The log of the evidence against a relative risk. */
function logAgainst(strata: readonly Stratum[], risk: number): number {
  const { arm: ofArm } = totals(strata);
  const logs = LOG_TWO_SIDED.map((log) => log * ofArm);
  for (const { share, arm, control } of strata) {
    const against = labelChance(share, risk);
    for (let i = 0; i < logs.length; i++) logs[i]! -= (arm + control) * Math.log1p(against * (TWO_SIDED[i]! - 1));
  }
  return logMixture(logs, TWO_SIDED_WEIGHTS);
}

/**
 * Where from the estimate towards the end the value rises above 0; null: nowhere before it. The value is nearly a
 * parabola around the estimate, so the next guess is where such a one would be 0; where that leads nowhere, halfway.
 */
function boundOf(valueAt: (log: number) => number, estimate: number, end: number, reach: number): number | null {
  const bottom = valueAt(estimate);
  if (bottom >= 0) return estimate;
  const direction = Math.sign(end - estimate);
  let below = 0;
  let above = Math.abs(end - estimate);
  let isBounded = false;
  let guess = Math.min(reach, above);
  for (let i = 0; i < STEPS; i++) {
    const value = valueAt(estimate + direction * guess);
    if (value >= 0) {
      above = guess;
      isBounded = true;
    } else if (guess >= above && !isBounded) return null;
    else below = guess;
    if (Math.abs(value) < CLOSE) break;
    const next = value > bottom ? guess * Math.sqrt(bottom / (bottom - value)) : Infinity;
    if (!isBounded && next >= above) guess = above;
    else guess = next > below && next < above ? next : (below + above) / 2;
  }
  return estimate + direction * guess;
}

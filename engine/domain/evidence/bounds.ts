import { logBeta, logGamma } from './log-gamma.ts';

/** What may be said of a rate or a mean at any number of looks: each bound is wrong, ever, with a chance of at most `alpha`. */

const HALVINGS = 40;

/** 0·ln 0 = 0. */
const times = (count: number, log: number): number => (count > 0 ? count * log : 0);

/**
 * The lowest rate that `sum` of `count` outcomes, each in 0…1, leave possible: a uniform mixture over rates bets against each.
 * Outcomes between 0 and 1 may be bet on like those that are 0 or 1, since the bets are convex in them; feedback needs that.
 */
export function lowestRate(sum: number, count: number, alpha: number): number {
  const outcomes = Math.min(sum, count);
  if (!(outcomes > 0)) return 0;
  const rest = count - outcomes;
  const limit = logBeta(outcomes + 1, rest + 1) + Math.log(alpha);
  return boundary(outcomes / count, 0, (rate) => outcomes * Math.log(rate) + times(rest, Math.log(1 - rate)) <= limit);
}

/** The highest rate that they leave possible. */
export const highestRate = (sum: number, count: number, alpha: number): number =>
  count > 0 ? 1 - lowestRate(Math.max(0, count - sum), count, alpha) : 1;

/** The highest multiple of what was expected that so many arrivals leave possible (Poisson, mixed over Gamma(1, 1)). */
export function highestMultiple(arrivals: number, expected: number, alpha: number): number {
  if (!(expected > 0)) return Infinity;
  const against = (multiple: number): number =>
    logGamma(arrivals + 1) -
    (arrivals + 1) * Math.log(expected + 1) +
    arrivals * Math.log(expected) -
    times(arrivals, Math.log(multiple * expected)) +
    multiple * expected;
  const rejects = (multiple: number): boolean => against(multiple) >= -Math.log(alpha);
  const at = arrivals / expected;
  let high = Math.max(1, 2 * at);
  while (!rejects(high)) high *= 2;
  return boundary(at, high, rejects);
}

/** Where from the estimate outwards rejection begins; everything beyond it is out. */
function boundary(estimate: number, end: number, rejects: (value: number) => boolean): number {
  let possible = estimate;
  let out = end;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (possible + out) / 2;
    if (rejects(middle)) out = middle;
    else possible = middle;
  }
  return possible;
}

/** The mean of `count` values and how sure it is: their sum and sum of squares. */
export type Moments = { count: number; sum: number; squares: number };

/**
 * Half the width of the two-sided asymptotic confidence sequence of a mean (Waudby-Smith et al. 2103.06476, Theorem 2.2), which
 * is narrowest at about `tightAt` values: σ̂·√(2(nρ² + 1)/(n²ρ²)·ln(√(nρ² + 1)/α)), ρ² = (−2 ln α + ln(1 − 2 ln α))/N*.
 */
export function halfWidth({ count, sum, squares }: Moments, alpha: number, tightAt: number): number {
  if (count < 2) return Infinity;
  const mean = sum / count;
  const variance = Math.max(0, squares / count - mean * mean);
  const rho2 = (-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / tightAt;
  const scale = count * rho2 + 1;
  return Math.sqrt(((variance * 2 * scale) / (count * count * rho2)) * Math.log(Math.sqrt(scale) / alpha));
}

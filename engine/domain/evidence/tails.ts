import { logGamma } from './log-gamma.ts';

/** The chance of at least `least` of `count` draws that each succeed with `rate`. */
export function binomialTail(least: number, count: number, rate: number): number {
  if (least <= 0) return 1;
  if (least > count || rate <= 0) return 0;
  if (rate >= 1) return 1;
  const logOf = (k: number): number =>
    logGamma(count + 1) - logGamma(k + 1) - logGamma(count - k + 1) + k * Math.log(rate) + (count - k) * Math.log1p(-rate);
  return sumFrom(Math.ceil(least), count, logOf);
}

/** The chance of at least `least` arrivals where `mean` are expected. */
export function poissonTail(least: number, mean: number): number {
  if (least <= 0) return 1;
  if (mean <= 0) return 0;
  return sumFrom(Math.ceil(least), Infinity, (k) => k * Math.log(mean) - mean - logGamma(k + 1));
}

/** Past the largest term the terms fall faster than geometrically, so that the sum soon changes no more. */
function sumFrom(from: number, to: number, logOf: (k: number) => number): number {
  let sum = 0;
  let before = -Infinity;
  for (let k = from; k <= to; k++) {
    const log = logOf(k);
    sum += Math.exp(log);
    if (log < before && log < Math.log(sum + Number.MIN_VALUE) - 40) break;
    if (log < before && log < -745) break;
    before = log;
  }
  return Math.min(1, sum);
}

import { logGamma } from './log-gamma.ts';

/** More terms than this are not added up. */
const MOST_TERMS = 2_000;
const LOG_NEGLIGIBLE = -40;

/**
 * At most how likely at least `least` of `count` draws are that each succeed with `rate`: exact above the mean but for very large counts,
 * of which it is Chernoff's bound; 1 up to the mean, where nothing is improbable.
 */
export function binomialTail(least: number, count: number, rate: number): number {
  if (least <= count * rate || least <= 0) return 1;
  if (least > count || rate <= 0) return 0;
  const logChoose = (k: number): number => logGamma(count + 1) - logGamma(k + 1) - logGamma(count - k + 1);
  const first = Math.ceil(least);
  const log = logChoose(first) + first * Math.log(rate) + (count - first) * Math.log1p(-rate);
  const part = least / count;
  const rest = part < 1 ? (1 - part) * Math.log((1 - part) / (1 - rate)) : 0;
  const chernoff = Math.exp(-count * (part * Math.log(part / rate) + rest));
  return sumFrom(log, (k) => ((count - k) / (k + 1)) * (rate / (1 - rate)), first, chernoff);
}

/** At most how likely at least `least` arrivals are where `mean` are expected, in the same way. */
export function poissonTail(least: number, mean: number): number {
  if (least <= mean || least <= 0) return 1;
  if (mean <= 0) return 0;
  const first = Math.ceil(least);
  const chernoff = Math.exp(least - mean - least * Math.log(least / mean));
  return sumFrom(first * Math.log(mean) - mean - logGamma(first + 1), (k) => mean / (k + 1), first, chernoff);
}

/** The sum of terms that fall: the first by its log, each further one by its ratio to the one before. */
function sumFrom(log: number, ratioAt: (k: number) => number, first: number, bound: number): number {
  let sum = 1;
  let term = 1;
  for (let k = first; k < first + MOST_TERMS; k++) {
    term *= ratioAt(k);
    sum += term;
    if (term < sum * Math.exp(LOG_NEGLIGIBLE)) return Math.min(1, sum * Math.exp(log));
  }
  return Math.min(1, bound);
}

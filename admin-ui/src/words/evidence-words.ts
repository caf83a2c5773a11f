import type { Comparison } from '#schemas/analysis.ts';
import type { ComparisonEvidence, Recommendation } from '#schemas/verdict.ts';
import { formatNumber } from './format.ts';

/** Evidence in the words of people. */

/** Each comparison: its name, and whom its samples count. */
export const COMPARISON_WORDS: Record<Comparison, [name: string, samples: string]> = {
  errors: ['Errors', 'visitors with an error or a failed load'],
  silence: ['Silence', 'visitors of whom nothing was heard'],
  latency: ['Latency', 'visitors among the slowest 5 %'],
  lcp: ['Largest paint (LCP)', 'visitors among the slowest 5 %'],
  inp: ['Answer to a click (INP)', 'visitors among the slowest 5 %'],
  cls: ['Layout shift (CLS)', 'visitors among the worst 5 %'],
};

/** What the engine will do of itself if nothing changes. */
export const RECOMMENDATION_WORDS: Record<Recommendation, string> = {
  'roll-back': 'It should be taken back.',
  pause: 'It should stop and be looked at.',
  hold: 'It should stay at this step.',
  advance: 'It may go on when the step ends.',
};

const ratio = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 2 });
const big = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3, notation: 'compact' });

/** `1.9 times`, as short as a table needs it: `1.9×`. */
export const formatTimes = (value: number): string => `${ratio.format(value)}×`;

/** An e-value, which may be anything from 0 to more than a page can hold. */
export const formatEvidence = (value: number): string => (value >= 10_000 ? big.format(value) : ratio.format(value));

/** An e-value of 40 is reached by one of forty versions that are as good as their control, at most (Ville's inequality). */
export function chanceWords(eValue: number): string {
  if (eValue < 2) return 'nothing that chance would not show';
  return `chance alone would show it in at most 1 of ${formatNumber(Math.floor(eValue))} rollouts`;
}

/** Whether the interval leaves a version as good as its control possible. */
export function intervalTone({ interval }: Pick<ComparisonEvidence, 'interval'>): 'good' | 'bad' | 'open' {
  if (interval === null) return 'open';
  return interval[0] > 1 ? 'bad' : interval[1] < 1 ? 'good' : 'open';
}

/** How much of what the step must rule out is ruled out, in percent, never 100 before it is. */
export const excludedPercent = (excluded: number): number => (excluded >= 1 ? 100 : Math.max(0, Math.min(99, Math.floor(100 * excluded))));

import type { Comparison } from '#schemas/analysis.ts';
import type { ComparisonEvidence, Recommendation } from '#schemas/verdict.ts';

/** Evidence in the words of people. */

/** Each comparison: its name, whom its samples count, and what becomes more frequent when it gets worse. */
export const COMPARISON_WORDS: Record<Comparison, { name: string; samples: string; outcome: string }> = {
  errors: { name: 'Errors', samples: 'visitors with an error or a failed load', outcome: 'errors' },
  silence: { name: 'Silence', samples: 'visitors of whom nothing was heard', outcome: 'silent visitors' },
  latency: { name: 'Latency', samples: 'visitors among the slowest 5 %', outcome: 'slow visitors' },
  lcp: { name: 'Largest paint (LCP)', samples: 'visitors among the slowest 5 %', outcome: 'slow paints' },
  inp: { name: 'Answer to a click (INP)', samples: 'visitors among the slowest 5 %', outcome: 'slow answers' },
  cls: { name: 'Layout shift (CLS)', samples: 'visitors among the worst 5 %', outcome: 'great shifts of the layout' },
};

/** What the engine will do of itself if nothing changes. */
export const RECOMMENDATION_WORDS: Record<Recommendation, string> = {
  'roll-back': 'It should be taken back.',
  pause: 'It should stop and be looked at.',
  hold: 'It should stay at this step.',
  advance: 'It may go on when the step ends.',
};

/** What the engine would have done if nobody had ended it. */
export const LAST_RECOMMENDATION_WORDS: Record<Recommendation, string> = {
  'roll-back': 'It was to be taken back.',
  pause: 'It was to stop and be looked at.',
  hold: 'It was to stay at its step.',
  advance: 'It was free to go on.',
};

const ratio = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 2 });
const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const big = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 2, notation: 'compact', compactDisplay: 'long' });

/** `1.9 times`, as short as a table needs it: `1.9×`. */
export const formatTimes = (value: number): string => `${ratio.format(value)}×`;

/** An e-value, which may be anything from 0 to more than a page can hold. */
export const formatEvidence = (value: number): string =>
  value >= 1e15 ? 'over 10¹⁵' : value >= 10_000 ? big.format(value) : value >= 10 ? whole.format(value) : ratio.format(value);

/** An e-value of 40 is reached by one of forty versions that are as good as their control, at most (Ville's inequality). */
export function chanceWords(eValue: number): string {
  if (eValue < 2) return 'nothing that chance would not show';
  return `chance alone would show it in at most 1 of ${formatEvidence(Math.floor(eValue))} rollouts`;
}

/** Whether the interval leaves a version as good as its control possible. */
export function intervalTone({ interval }: Pick<ComparisonEvidence, 'interval'>): 'good' | 'bad' | 'open' {
  if (interval === null) return 'open';
  return interval[0] > 1 ? 'bad' : interval[1] < 1 ? 'good' : 'open';
}

/** How much of what the step must rule out is ruled out, in percent, never 100 before it is. */
export const excludedPercent = (excluded: number): number => (excluded >= 1 ? 100 : Math.max(0, Math.min(99, Math.floor(100 * excluded))));

import type { TestResult } from '#schemas/experiment.ts';
import { GOAL_WORDS, OUTCOME_WORDS, differenceWords, goalValueWords, isMoreBetter } from '#schemas/test-words.ts';
import { table } from './format.ts';

/** How an A/B test stands: each variant by the goal, beside the control. */
export function testLines({ goal, control, outcome, message, variants }: TestResult): string[] {
  const rows = variants.map(({ variant, visitors, value, difference, interval }) => [
    variant,
    String(visitors),
    value === null ? '–' : goalValueWords(goal, value),
    variant === control ? 'it is the control' : difference === null ? 'nothing to compare yet' : differenceWords(goal, difference),
    interval === null ? '' : interval.map((end) => differenceWords(goal, end)).join(' … '),
  ]);
  const head = ['variant', 'visitors', `${GOAL_WORDS[goal]} (${isMoreBetter(goal) ? 'more' : 'less'} is better)`, 'difference', 'surely'];
  // That it is open is among the reasons of the verdict, or plain.
  const told = outcome === 'undecided' ? `${OUTCOME_WORDS[outcome]}.` : `${OUTCOME_WORDS[outcome]}: ${message}`;
  return [`  ${told}`, table([head, ...rows]).replaceAll(/^/gm, '  ')];
}

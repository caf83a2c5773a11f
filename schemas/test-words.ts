import type { Goal, TestResult } from './experiment.ts';

/** A/B tests in the words of people, on the command line and in the admin UI. */

export const GOAL_WORDS: Record<Goal, string> = {
  goal: 'visitors who reached the goal',
  feedback: 'mean feedback',
  latency: 'mean latency',
  errors: 'visitors with an error',
};

export const OUTCOME_WORDS: Record<TestResult['outcome'], string> = {
  undecided: 'Not decided yet',
  winner: 'There is a winner',
  'no-difference': 'No difference worth having',
};

const share = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const mean = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

/** A value of the goal: shares come as 0…1. */
export function goalValueWords(goal: Goal, value: number): string {
  switch (goal) {
    case 'goal':
    case 'errors':
      return `${share.format(100 * value)} %`;
    case 'latency':
      return `${whole.format(value)} ms`;
    case 'feedback':
      return mean.format(value);
  }
}

/** A difference of two values, with its sign; of shares in percentage points. */
export function differenceWords(goal: Goal, value: number): string {
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
  const size = goalValueWords(goal, Math.abs(value));
  return `${sign}${goal === 'goal' || goal === 'errors' ? size.replace('%', 'points') : size}`;
}

/** Whether more of it is better. */
export const isMoreBetter = (goal: Goal): boolean => goal === 'goal' || goal === 'feedback';

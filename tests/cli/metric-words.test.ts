import { expect, it } from 'vitest';
import { metricLines } from '#cli/metric-words.ts';
import type { MetricState } from '#schemas/verdict.ts';
import { NOW } from '../support/fixtures.ts';

const stateOf = (overrides: Partial<MetricState>): MetricState => ({
  name: 'errors',
  role: 'guardrail',
  dry_run: false,
  successes: 0,
  failures: 0,
  inconclusive: 0,
  errors: 0,
  consecutive_errors: 0,
  last: null,
  due: true,
  ...overrides,
});
const last = { at: NOW, value: 0.4, message: 'canary: 0.4, which is < 1' };

it.each<[string, Partial<MetricState>, string]>([
  ['what it came to', { successes: 3, failures: 1, last }, 'metric errors (guardrail): canary: 0.4, which is < 1 (3 good, 1 failed)'],
  ['not measured', {}, 'metric errors (guardrail): not measured yet'],
  ['warming up', { due: false, role: 'signal' }, 'metric errors (signal): warming up'],
  [
    'on trial',
    { dry_run: true, errors: 2, inconclusive: 1 },
    'metric errors (guardrail, on trial): not measured yet (1 inconclusive, 2 without an answer)',
  ],
])('%s', (_, overrides, words) => expect(metricLines([stateOf(overrides)])).toEqual([`  ${words}`]));

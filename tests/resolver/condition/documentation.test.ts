import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OPERATOR_NAMES } from '#resolver/condition/operators.ts';
import { MAX_INPUT, MAX_PROGRAM } from '#resolver/condition/pattern.ts';
import { Condition } from '#schemas/condition.ts';
import { MAX_CONDITION_DEPTH, MAX_CONDITION_PATTERNS, MAX_CONDITION_SIZE, MAX_CONDITION_TEXT } from '#schemas/limits.ts';
import { selects } from './support.ts';

const TEXT = readFileSync(new URL('../../../docs/conditions.md', import.meta.url), 'utf8');
const NAMES = { groups: { beta: ['ann', 7] }, segments: { pro: { plan: 'pro' } } };

/** The cells of the table below a heading. */
function rowsOf(heading: string): string[][] {
  const section = TEXT.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
}

const code = (cell: string): string => /^`(.*)`$/.exec(cell)![1]!;

describe.each(['Around attributes', 'Inside an attribute'])('%s', (heading) => {
  it.each(rowsOf(heading) as [string, string, string, string][])('%s: %s', (operator, example, selected, other) => {
    const condition: unknown = Condition.parse(JSON.parse(code(example)));
    expect(example).toContain(code(operator));
    expect(selects(condition, JSON.parse(code(selected)), NAMES)).toBe(true);
    expect(selects(condition, JSON.parse(code(other)), NAMES)).toBe(false);
  });
});

it('every operator that stands inside an attribute has one example', () => {
  expect(rowsOf('Inside an attribute').map(([operator]) => code(operator!))).toEqual(OPERATOR_NAMES);
});

it('the limits are those of the code', () => {
  const numbers = rowsOf('Limits').map(([, limit]) => Number(limit!.replaceAll(',', '').split(' ')[0]));
  const patterns = [MAX_CONDITION_PATTERNS, MAX_PROGRAM, MAX_INPUT];
  expect(numbers.slice(0, 6)).toEqual([MAX_CONDITION_DEPTH, MAX_CONDITION_SIZE, MAX_CONDITION_TEXT, ...patterns]);
});

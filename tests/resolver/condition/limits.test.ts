import { describe, expect, it } from 'vitest';
import { Condition } from '#schemas/condition.ts';
import { MAX_CONDITION_DEPTH, MAX_CONDITION_PATTERNS, MAX_CONDITION_SIZE, MAX_CONDITION_TEXT } from '#schemas/limits.ts';

/** What the schema finds wrong, as "path: message". */
function faults(condition: unknown): string[] {
  const result = Condition.safeParse(condition);
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('/')}: ${message}`);
}

const nested = (depth: number): unknown => {
  let condition: unknown = {};
  for (let level = 1; level < depth; level++) condition = level % 2 ? [condition] : { $and: condition };
  return Array.isArray(condition) ? { $and: condition } : condition;
};
const notted = (depth: number): Record<string, unknown> => {
  let condition: Record<string, unknown> = {};
  for (let level = 1; level < depth; level++) condition = { $not: condition };
  return condition;
};
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('the schema takes', () => {
  it.each<[string, unknown]>([
    ['nothing asked', {}],
    ['an operator of tomorrow', { a: { $tomorrow: 1 } }],
    ['the deepest', notted(MAX_CONDITION_DEPTH)],
    ['the largest', { a: { $in: numbers(MAX_CONDITION_SIZE - 2) } }],
    ['the longest text', { a: 'x'.repeat(MAX_CONDITION_TEXT) }],
    ['the longest name', { ['x'.repeat(MAX_CONDITION_TEXT)]: 1 }],
    ['the most patterns', { $or: numbers(MAX_CONDITION_PATTERNS).map((index) => ({ a: { $regex: `${index}` } })) }],
    ['names that every object has', { constructor: 1, toString: 1 }],
    ['a whole character of two units', { a: '😀' }],
    ['the largest number', { a: Number.MAX_VALUE }],
  ])('%s', (_, condition) => {
    expect(faults(condition)).toEqual([]);
    expect(Condition.parse(condition)).toBe(condition);
  });
});

describe('the schema refuses', () => {
  it.each<[string, unknown, string]>([
    ['a list', [], ': a condition is a JSON object, such as {"country": "KR"}'],
    ['null', null, ': a condition is a JSON object, such as {"country": "KR"}'],
    ['a text', 'x', ': a condition is a JSON object, such as {"country": "KR"}'],
    ['what is too deep', notted(MAX_CONDITION_DEPTH + 1), ': is nested more than 16 levels deep'],
    ['what is far too deep', nested(50_000), ': is nested more than 16 levels deep'],
    ['what is too large', { a: { $in: numbers(MAX_CONDITION_SIZE - 1) } }, ': has more than 2000 values'],
    ['what is far too large', { a: { $in: numbers(1_000_000) } }, ': has more than 2000 values'],
    ['a list that only says it is large', { a: Object.assign([], { length: 4_000_000_000 }) }, ': has more than 2000 values'],
    ['what is large in many places', { $or: numbers(1000).map(() => ({ a: 1, b: 2 })) }, ': has more than 2000 values'],
    ['a long text', { a: { $in: ['x', 'x'.repeat(MAX_CONDITION_TEXT + 1)] } }, 'a/$in/1: is longer than 500 characters'],
    ['a long name', { a: { ['x'.repeat(MAX_CONDITION_TEXT + 1)]: 1 } }, 'a: has a name of more than 500 characters'],
    [
      'too many patterns',
      { $or: numbers(MAX_CONDITION_PATTERNS + 1).map((index) => ({ a: { $regexi: `${index}` } })) },
      ': has more than 50 regular expressions',
    ],
    ['__proto__ as a name', JSON.parse('{"a": {"__proto__": {}}}'), 'a: __proto__ cannot be a name'],
    ['half a character', { a: ['\ud800'] }, 'a/0: has half a character (a lone surrogate)'],
    ['half a character in a name', { a: { '\udfff': 1 } }, 'a: has a name with half a character (a lone surrogate)'],
    ['NaN', { a: Number.NaN }, 'a: is nothing that JSON can say'],
    ['infinity', { a: { $lt: Number.POSITIVE_INFINITY } }, 'a/$lt: is nothing that JSON can say'],
    ['undefined', { a: undefined }, 'a: is nothing that JSON can say'],
    ['a function', { toString: () => 'x' }, 'toString: is nothing that JSON can say'],
    ['a BigInt', { a: 1n }, 'a: is nothing that JSON can say'],
    ['a symbol', { a: Symbol('x') }, 'a: is nothing that JSON can say'],
    ['a hole in a list', { a: Object.assign([], { 1: 'x' }) }, 'a/0: is nothing that JSON can say'],
  ])('%s', (_, condition, fault) => expect(faults(condition)).toEqual([fault]));

  it('what holds itself', () => {
    const condition: Record<string, unknown> = {};
    condition.$not = condition;
    expect(faults(condition)).toEqual([': is nested more than 16 levels deep']);
  });

  it('with every fault', () => {
    expect(faults({ a: Number.NaN, b: ['x'.repeat(501), undefined] }).toSorted()).toEqual([
      'a: is nothing that JSON can say',
      'b/0: is longer than 500 characters',
      'b/1: is nothing that JSON can say',
    ]);
  });
});

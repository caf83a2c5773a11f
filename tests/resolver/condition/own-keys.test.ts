import { afterEach, describe, expect, it } from 'vitest';
import { visitorTest } from '#resolver/visitor.ts';
import { compileCondition } from '#resolver/condition/compile-condition.ts';
import { OPERATOR_NAMES } from '#resolver/condition/operators.ts';
import { compiled, selects } from './support.ts';

const prototype = Object.prototype as Record<string, unknown>;
const INHERITED = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'];

/** As visitors are asked, where ownership is looked at last. */
function selectsVisitor(condition: unknown, attributes: Record<string, unknown>): boolean {
  const context = { at: visitorTest, groups: {}, segment: () => undefined, report: () => expect.unreachable() };
  return compileCondition(condition, '', context)({ key: 'ann', attributes });
}

describe.each(INHERITED)('%s', (name) => {
  const as = (inside: unknown): unknown => JSON.parse(JSON.stringify({ x: inside }).replace('"x"', JSON.stringify(name)));

  it.each<[string, unknown, boolean]>([
    ['does not exist', { $exists: true }, false],
    ['is missing', { $exists: false }, true],
    ['is null', null, true],
    ['is no object', { $type: 'object' }, false],
    ['is neither true nor false', { $in: [true, false] }, false],
    ['is not true', true, false],
    ['matches what "null" matches', { $regex: '^null$' }, true],
    ['is not among all', { $nin: ['x'] }, true],
  ])('%s', (_, inside, selected) => {
    expect(selects(as(inside), {})).toBe(selected);
    expect(selectsVisitor(as(inside), {})).toBe(selected);
    expect(selects({ a: { $elemMatch: as(inside) } }, { a: [{}] })).toBe(selected);
  });

  it('is not reached by a path', () => {
    expect(selects({ [`a.${name}`]: { $exists: true } }, { a: {} })).toBe(false);
    expect(selects({ [`${name}.name`]: { $exists: true } }, {})).toBe(false);
    expect(selects({ [`a.${name}`]: { $exists: true } }, { a: 'text' })).toBe(false);
    expect(selectsVisitor({ [`a.${name}.${name}`]: { $exists: true } }, { a: {} })).toBe(false);
  });

  it('is found where it is own', () => {
    const attributes = JSON.parse(`{"${name}": "x", "a": {"${name}": "x"}}`) as Record<string, unknown>;
    expect(selects(as('x'), attributes)).toBe(true);
    expect(selectsVisitor(as('x'), attributes)).toBe(true);
    expect(selects({ [`a.${name}`]: 'x' }, attributes)).toBe(true);
  });

  it('names no group, no segment and no operator', () => {
    expect(compiled({ a: { $inGroup: name } }).reports).toHaveLength(1);
    expect(compiled({ $savedGroup: { id: name } }).reports).toHaveLength(1);
    expect(compiled({ $savedGroup: { id: name, attributeKey: 'a' } }).reports).toHaveLength(1);
    expect(compiled({ a: { [`$${name}`]: 1 } }).reports).toHaveLength(1);
  });
});

it('the length of a text is nobody’s attribute', () => {
  expect(selects({ 'a.length': 1 }, { a: 'x' })).toBe(false);
  expect(selects({ $not: { length: null } }, {})).toBe(false);
});

describe('with a polluted Object.prototype', () => {
  afterEach(() => {
    for (const name of ['plan', 'id', 'attributeKey', '$in', '0']) delete prototype[name];
  });

  const pollute = (values: Record<string, unknown>): void => void Object.assign(prototype, values);

  it('an attribute that all objects seem to have is missing', () => {
    pollute({ plan: 'pro' });
    for (const condition of [{ plan: 'pro' }, { 'a.plan': 'pro' }, { plan: { $in: ['pro'] } }, { a: { $elemMatch: { plan: 'pro' } } }]) {
      expect(selects(condition, { a: [{}] })).toBe(false);
      expect(selectsVisitor(condition, { a: [{}] })).toBe(false);
    }
    expect(selectsVisitor({ plan: { $exists: false } }, {})).toBe(true);
    expect(selectsVisitor({ plan: 'free' }, { plan: 'free' })).toBe(true);
  });

  it('an empty list has no item', () => {
    pollute({ 0: 'pro' });
    expect(selects({ 'a.0': 'pro' }, { a: [] })).toBe(false);
    expect(selects({ a: { $elemMatch: { $eq: 'pro' } } }, { a: [] })).toBe(false);
  });

  it('no condition asks more or less', () => {
    pollute({ plan: 'pro', $in: ['x'] });
    expect(selects({}, {})).toBe(true);
    expect(selects({ a: {} }, { a: {} })).toBe(true);
    expect(selects({ a: { $gt: 1 } }, { a: 2 })).toBe(true);
  });

  it('no saved group is meant', () => {
    pollute({ id: 'pro', attributeKey: 'a' });
    expect(compiled({ $savedGroup: {} }, { groups: { pro: ['x'] }, segments: { pro: {} } }).test({ a: 'x' })).toBe(false);
    expect(selects({ $savedGroup: { id: 'pro' } }, {}, { segments: { pro: {} } })).toBe(true);
  });
});

it('no test of an operator runs code of what it reads', () => {
  const trap = (): never => expect.unreachable();
  const trapped = { toString: trap, valueOf: trap, toJSON: trap, [Symbol.toPrimitive]: trap };
  for (const name of OPERATOR_NAMES) {
    for (const operand of ['1', 1, [1], true, { $eq: 1 }]) compiled({ a: { [name]: operand } }).test({ a: trapped });
  }
});

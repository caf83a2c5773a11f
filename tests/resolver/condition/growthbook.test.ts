import { evalCondition } from '@growthbook/growthbook';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MAX_INPUT } from '#resolver/condition/pattern.ts';
import { type ConditionTest, compileCondition } from '#resolver/condition/compile-condition.ts';
import { type Visitor, visitorTest } from '#resolver/visitor.ts';
import { compiled } from './support.ts';

/** GrowthBook's own SDK is what our reading of its language is held to. */

const PAIRS = process.env.CONCIERGE_LONG ? 200_000 : 10_000;

const GROUPS = { beta: ['a', 1, '1.0.0'], none: [] };
const SEGMENTS = { pro: { c: 'a' }, numbered: { 'obj.x': { $gt: 0 } } };

type Json = Record<string, unknown>;
const oracle = evalCondition as unknown as (attributes: unknown, condition: unknown, savedGroups: unknown) => boolean;

const SAVED_GROUPS = {
  ...Object.fromEntries(Object.entries(GROUPS).map(([id, values]) => [id, { type: 'list', values }])),
  ...Object.fromEntries(Object.entries(SEGMENTS).map(([id, condition]) => [id, { type: 'condition', condition }])),
};

/** What GrowthBook's SDK says, or that it throws. */
function theirs(condition: unknown, attributes: unknown): boolean | 'throws' {
  try {
    return oracle(attributes, condition, SAVED_GROUPS);
  } catch {
    return 'throws';
  }
}

const ours = (condition: unknown, attributes: unknown): boolean =>
  compiled(condition, { groups: GROUPS, segments: SEGMENTS }).test(attributes);

/** The same by the way that visitors are asked. */
function oursOfVisitor(condition: unknown, attributes: Json): boolean {
  const segment = (name: string): ConditionTest<Visitor> | undefined =>
    Object.hasOwn(SEGMENTS, name) ? compileCondition(SEGMENTS[name as keyof typeof SEGMENTS], '', context) : undefined;
  const context = { at: visitorTest, groups: GROUPS, segment, report: () => undefined };
  return compileCondition(condition, '', context)({ key: 'ann', attributes });
}

beforeAll(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined)); // it tells of unknown operators there
afterAll(() => void vi.restoreAllMocks());

describe('pairs of conditions and attributes', () => {
  const text = fc.constantFrom('', 'a', 'A', 'b', 'ab', 'null', 'true', '0', '1', '01', ' 1', '1,a', 'É', 'é', '[object Object]');
  const version = fc.constantFrom(
    '1.0.0',
    'v1.0.0',
    '1.0.0-rc.1',
    '1.0.0-rc.11',
    '1.0.0-rc',
    '1.0.0-rc.1.1',
    '1.0.0+b',
    '1.10.0',
    '1.9.0',
    '2',
    '0',
    '1..0',
    '-1',
    '99999.100000.0',
  );
  const number = fc.constantFrom(0, -0, 1, 2, 3, -1, 0.5, 10, 1e21, 1e308, 5e-324);
  const constant = fc.oneof(text, text, number, number, version, version, fc.boolean(), fc.constant(null));
  const list = fc.array(fc.oneof({ weight: 4, arbitrary: constant }, { weight: 1, arbitrary: fc.array(constant, { maxLength: 2 }) }), {
    maxLength: 3,
  });
  const entry = fc.oneof(fc.tuple(fc.constantFrom('x', 'y'), constant), fc.tuple(fc.constant('list'), list));
  const inner = fc.uniqueArray(entry, { selector: ([key]) => key, maxLength: 3 }).map((entries) => Object.fromEntries<unknown>(entries));
  const value = fc.oneof(constant, constant, list, fc.array(inner, { maxLength: 2 }), inner);
  const attributes = fc.record(
    { a: value, b: value, c: constant, l: list, os: fc.array(inner, { maxLength: 3 }), obj: inner, '': constant },
    { requiredKeys: ['a', 'l', 'obj'], noNullPrototype: true },
  );
  const name = fc.constantFrom(
    'a',
    'b',
    'c',
    'l',
    'os',
    'obj',
    'obj.x',
    'obj.list',
    'obj.list.0',
    'l.0',
    'l.length',
    'os.0.x',
    'os.1',
    'a.x',
    'c.x',
    '',
    'none',
  );
  const itemName = fc.constantFrom('x', 'y', 'list', 'list.0', '0', 'length', 'none');

  // Patterns of the part that JavaScript's and RE2's syntax share, and some that neither takes.
  const pattern = fc.constantFrom(
    'a',
    '^a',
    'a$',
    '^$',
    '.',
    '^.$',
    '[a-c]+',
    '^(a|b)*$',
    '\\d',
    '^\\d+$',
    '\\.',
    '1/?',
    '\\w+,\\w',
    '(?:a|b){2}',
    'object',
    'nul+',
    '^[^a]*$',
    '\\bA',
    '(',
    '[',
    'a{2,1}',
    '*',
  );
  const operators = (depth: number): fc.Arbitrary<Json> => {
    const wanted = depth > 0 ? anything(depth - 1) : constant;
    const of = (names: string[], operand: fc.Arbitrary<unknown>) => fc.tuple(fc.constantFrom(...names), operand);
    const all = [
      of(['$eq', '$ne'], constant),
      of(['$lt', '$lte', '$gt', '$gte'], fc.oneof(number, text)),
      of(['$in', '$nin', '$ini', '$nini'], fc.array(constant, { maxLength: 4 })),
      of(['$in', '$nin', '$ini', '$nini', '$all', '$alli'], constant), // no list
      of(['$all', '$alli'], fc.array(wanted, { maxLength: 2 })),
      of(['$exists'], fc.constantFrom(true, false, 1, 0)),
      of(['$type'], fc.constantFrom('string', 'number', 'boolean', 'array', 'object', 'null', 'undefined', 'text')),
      of(['$size'], depth > 0 ? fc.oneof(fc.constantFrom(0, 1, 2), operators(depth - 1)) : fc.constantFrom(0, 1, 2)),
      of(['$regex', '$regexi'], pattern),
      of(['$inGroup', '$notInGroup'], fc.constantFrom('beta', 'none')),
      of(['$veq', '$vne', '$vlt', '$vlte', '$vgt', '$vgte'], fc.oneof(version, number, text)),
      of(['$not'], wanted),
      of(['$elemMatch'], depth > 0 ? fc.oneof(operators(depth - 1), condition(depth - 1, itemName, false)) : fc.constant({})),
      of(['$like', '$or', '$and', '$savedGroup', '$constructor'], constant), // nothing that may stand here
    ];
    return fc
      .uniqueArray(fc.oneof(...all), { selector: ([operator]) => operator, minLength: 1, maxLength: 2 })
      .map((pairs) => Object.fromEntries(pairs) as Json);
  };
  const mixed = fc.record({ x: constant, $gt: number }, { noNullPrototype: true });
  const anything = (depth: number): fc.Arbitrary<unknown> =>
    fc.oneof(
      { weight: 3, arbitrary: constant },
      { weight: 5, arbitrary: operators(depth) },
      { weight: 1, arbitrary: list },
      { weight: 1, arbitrary: fc.oneof(inner, mixed) },
    );
  const condition = (depth: number, names: fc.Arbitrary<string>, withSegments: boolean): fc.Arbitrary<Json> => {
    const asked = fc.tuple(names, anything(depth));
    if (depth === 0) return fc.array(asked, { maxLength: 2 }).map((pairs) => Object.fromEntries(pairs) as Json);
    const again = condition(depth - 1, names, withSegments);
    const group = fc.record({
      id: fc.constantFrom('beta', 'none', 'nobody'),
      attributeKey: fc.oneof(names, fc.constantFrom<unknown>(null, 1)),
    });
    const segment = fc.record({ id: fc.constantFrom('pro', 'numbered', 'nobody') });
    const around = fc.oneof(
      fc.tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(again, { maxLength: 3 })),
      fc.tuple(fc.constant('$not'), again),
      fc.tuple(fc.constant('$savedGroup'), withSegments ? fc.oneof(group, segment) : group),
    );
    const entries = fc.array(fc.oneof({ weight: 3, arbitrary: asked }, { weight: 2, arbitrary: around }), { maxLength: 2 });
    return entries.map((pairs) => Object.fromEntries(pairs) as Json);
  };

  /** One question, and several: the more are asked at once, the fewer are selected. */
  const simple = fc.tuple(name, operators(1)).map(([path, wanted]): Json => ({ [path]: wanted }));
  const itemwise = fc.oneof(
    fc.tuple(fc.constantFrom('$eq', '$ne', '$not'), fc.constantFrom<unknown>(null, 0, 1, 'a')),
    fc.tuple(fc.constantFrom('$gte', '$lt'), fc.constantFrom<unknown>(0, 1, 'a')),
  );
  const ofLists = fc
    .tuple(fc.constantFrom('l', 'obj.list', 'a'), fc.constantFrom('$elemMatch', '$size', '$not'), itemwise)
    .map(([path, operator, [inside, operand]]): Json => ({ [path]: { [operator]: { [inside]: operand } } }));
  const same = fc.tuple(fc.constantFrom('obj', 'os.0', 'a'), inner).map(([path, wanted]): Json => ({ [path]: wanted }));
  const versions = fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('$veq', '$vlt', '$vlte', '$vgt', '$vgte'), version)
    .map(([path, operator, wanted]): Json => ({ [path]: { [operator]: wanted } }));
  const asking = fc.oneof(ofLists, same, versions, simple, simple, condition(2, name, true), condition(2, name, true));

  it(`${PAIRS} are decided as GrowthBook's SDK decides them`, { timeout: 600_000 }, () => {
    const counts = { pairs: 0, selected: 0, asked: 0 };
    fc.assert(
      fc.property(asking, attributes, (asked, has) => {
        const wanted = theirs(asked, has);
        counts.pairs++;
        counts.asked += Number(Object.keys(asked).length > 0);
        counts.selected += Number(wanted === true && Object.keys(asked).length > 0);
        expect(ours(asked, has)).toBe(wanted);
        expect(oursOfVisitor(asked, has)).toBe(wanted);
      }),
      { numRuns: PAIRS, ...(process.env.CONCIERGE_LONG ? {} : { seed: 20_260_131 }) },
    );
    if (process.env.CONCIERGE_LONG) console.log(`${counts.pairs} pairs, ${counts.asked} ask something, of which ${counts.selected} select`);
    expect(counts.selected / counts.asked).toBeGreaterThan(0.15);
  });
});

/** Every one of these has an entry in docs/conditions.md. */
describe('differences from GrowthBook', () => {
  type Row = [name: string, condition: unknown, attributes: unknown, ours: boolean, theirs: boolean | 'throws'];

  const differ = (rows: Row[]): void => {
    it.each(rows)('%s', (_, condition, attributes, we, they) => {
      expect(ours(condition, attributes)).toBe(we);
      expect(theirs(condition, attributes)).toBe(they);
    });
  };

  describe('operands of the wrong kind', () => {
    differ([
      ['a list of conditions that is none', { $and: {} }, {}, false, true],
      ['a list of alternatives that is none', { $or: {} }, {}, false, true],
      ['a condition that is none', { $and: [5] }, {}, false, true],
      ['null as a condition', { $not: null }, {}, false, 'throws'],
      ['no condition', 5, {}, false, true],
      ['$ne of a list', { a: { $ne: [1] } }, { a: [1] }, false, true],
      ['$gte of null', { a: { $gte: null } }, { a: 0 }, false, true],
      ['$lt of a list', { a: { $lt: [5] } }, { a: 4 }, false, true],
      ['$gte of true', { a: { $gte: true } }, { a: 1 }, false, true],
      ['$in with a list inside', { a: { $in: ['x', []] } }, { a: 'x' }, false, true],
      ['$nin with an object inside', { a: { $nin: [{}] } }, { a: 'x' }, false, true],
      ['$exists of a text', { a: { $exists: 'false' } }, { a: 'x' }, false, true],
      ['$size of a text', { a: { $size: '1' } }, { a: ['x'] }, false, true],
      ['$elemMatch of a list', { a: { $elemMatch: [] } }, { a: ['x'] }, false, true],
      ['$elemMatch of null', { a: { $elemMatch: null } }, { a: ['x'] }, false, 'throws'],
      ['$veq of null', { a: { $veq: null } }, { a: '0' }, false, true],
    ]);
  });

  describe('operators where none can stand', () => {
    differ([['an unknown name with $ is no attribute', { $like: 0 }, {}, false, true]]);
  });

  describe('groups and segments', () => {
    differ([
      ['not in a group that nobody made', { a: { $notInGroup: 'nobody' } }, { a: 'x' }, false, true],
      [
        'a segment is asked about visitors, not about items',
        { a: { $elemMatch: { x: 1, $savedGroup: { id: 'pro' } } } },
        { a: [{ x: 1, c: 'a' }] },
        false,
        true,
      ],
    ]);
  });

  describe('own keys', () => {
    differ([
      ['what every object inherits', { toString: { $exists: true } }, {}, false, true],
      ['what every list inherits', { 'a.map': { $exists: true } }, { a: [] }, false, true],
      ['what every object inherits, null', { constructor: null }, {}, true, false],
    ]);

    it('`key` is the visitor’s id', () => {
      expect(oursOfVisitor({ key: 'ann' }, {})).toBe(true);
      expect(theirs({ key: 'ann' }, {})).toBe(false);
    });
  });

  describe('attributes that cannot be made a text', () => {
    differ([
      ['an object with its own toString', { a: 'x' }, { a: { toString: 'x' } }, false, 'throws'],
      ['a list of objects that have their own', { a: 1 }, { a: [{ toString: null, valueOf: null }] }, false, 'throws'],
    ]);
  });

  describe('regular expressions', () => {
    differ([
      ['look-ahead is refused', { a: { $regex: 'a(?=b)' } }, { a: 'ab' }, false, true],
      ['negative look-ahead is refused', { a: { $regex: '^(?!b)' } }, { a: 'a' }, false, true],
      ['look-behind is refused', { a: { $regex: '(?<=a)b' } }, { a: 'ab' }, false, true],
      ['back-references are refused', { a: { $regex: '(a)\\1' } }, { a: 'aa' }, false, true],
      ['\\u escapes are refused', { a: { $regex: '\\u0061' } }, { a: 'a' }, false, true],
      ['an empty class is refused', { a: { $regex: '[^]' } }, { a: 'a' }, false, true],
      ['flags inside are taken', { a: { $regex: '(?i)A' } }, { a: 'a' }, true, false],
      ['Unicode classes are taken', { a: { $regex: '^\\p{Greek}$' } }, { a: 'λ' }, true, false],
      ['a character is a whole one', { a: { $regex: '^.$' } }, { a: '😀' }, true, false],
      ['a carriage return is any character', { a: { $regex: '^.$' } }, { a: '\r' }, true, false],
      ['a no-break space is no \\s', { a: { $regex: '\\s' } }, { a: '\u00a0' }, false, true],
      ['letters fold as Unicode has it', { a: { $regexi: 'k' } }, { a: '\u212a' }, true, false],
      ['\\A is the beginning', { a: { $regex: '\\Aa' } }, { a: 'a' }, true, false],
      ['a long text matches nothing', { a: { $regex: 'x' } }, { a: 'x'.repeat(MAX_INPUT + 1) }, false, true],
      ['a large pattern is refused', { a: { $regex: '^x{1,500}$' } }, { a: 'x' }, false, true],
    ]);
  });

  describe('limits', () => {
    const deep = (depth: number): unknown => (depth === 0 ? 'x' : [deep(depth - 1)]);
    differ([
      ['a long version counts as 0', { a: { $vgt: '0' } }, { a: '1'.repeat(257) }, false, true],
      ['a deep list has no text', { a: 'x' }, { a: deep(70) }, false, true],
    ]);

    it('the text of a list ends after 10,000 items', () => {
      const many = Array.from({ length: 10_001 }, () => 'x');
      expect(ours({ a: many.join(',') }, { a: many })).toBe(false);
      expect(theirs({ a: many.join(',') }, { a: many })).toBe(true);
    });
  });

  describe('operators of our own', () => {
    differ([
      ['$cidr', { a: { $cidr: '10.0.0.0/8' } }, { a: '10.0.0.1' }, true, false],
      ['$before', { a: { $before: '2026-01-31' } }, { a: '2026-01-30' }, true, false],
      ['$after', { a: { $after: '2026-01-31' } }, { a: '2026-02-01' }, true, false],
    ]);
  });
});

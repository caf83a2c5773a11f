import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileCondition } from '#resolver/condition/compile-condition.ts';
import { OPERATOR_NAMES } from '#resolver/condition/operators.ts';
import { visitorTest } from '#resolver/visitor.ts';
import { Condition } from '#schemas/condition.ts';
import { CORPUS, attacks } from './pattern-corpus.ts';
import { compiled } from './support.ts';

const DOCUMENTS = process.env.CONCIERGE_LONG ? 100_000 : 5_000;

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'toJSON',
  'length',
  'hasOwnProperty',
  '',
  '.',
  'a',
  'a.b',
  'a..b',
  'a.__proto__.b',
  '\ud800',
  '😀',
  'x'.repeat(501),
  'a.'.repeat(200),
];
const OPERATORS = [
  ...OPERATOR_NAMES,
  '$and',
  '$or',
  '$nor',
  '$not',
  '$savedGroup',
  '$',
  '$$',
  '$__proto__',
  '$constructor',
  '$where',
  '$function',
];

const trap = (): never => {
  throw new Error('code of an attribute was run');
};
const trapped = { toString: trap, valueOf: trap, toJSON: trap, [Symbol.toPrimitive]: trap, [Symbol.iterator]: trap };

const nestedList = (depth: number): unknown => {
  let list: unknown = 'x';
  for (let level = 0; level < depth; level++) list = level % 3 === 2 ? { a: list, b: list } : [list];
  return list;
};
const nestedCondition = (depth: number, name: string): unknown => {
  let condition: unknown = { a: 1 };
  for (let level = 0; level < depth; level++) condition = { [name]: name === '$and' || name === '$or' ? [condition] : condition };
  return condition;
};
const ATTACKS = attacks(500);

const name = fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom(...OPERATORS), fc.string({ maxLength: 5, unit: 'binary' }));
const constant = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, 1e308, -1e308, 5e-324, 2 ** 53, undefined),
  fc.constantFrom(
    '',
    '\ud800',
    '\udc00\ud800',
    '\u0000',
    '1'.repeat(400),
    'v'.repeat(300),
    '+'.repeat(300),
    '-.'.repeat(200),
    '::ffff:1.2.3.4/96',
    '2026-02-30',
    '[object Object]',
  ),
  fc.constantFrom(...CORPUS),
  fc.string({ maxLength: 12, unit: 'binary' }),
  fc.double(),
);
const odd = fc.constantFrom<unknown>(
  1n,
  Symbol('x'),
  trap,
  new Date(0),
  new Map(),
  /x/,
  Object.assign([], { length: 5 }),
  Object.create(null),
  trapped,
);

const { hostile } = fc.letrec<{ hostile: unknown; list: unknown[]; object: object }>((tie) => ({
  hostile: fc.oneof({ maxDepth: 5, withCrossShrink: true }, constant, tie('object'), tie('list'), odd),
  list: fc.array(tie('hostile'), { maxLength: 4 }),
  // `Object.fromEntries` makes own properties of whatever name, __proto__ too.
  object: fc.array(fc.tuple(name, tie('hostile')), { maxLength: 4 }).map((entries): object => Object.fromEntries(entries)),
}));

/** As hostile, but with operators where they can stand, so that what they are given is reached. */
const { asked } = fc.letrec<{ asked: Record<string, unknown>; inside: unknown }>((tie) => ({
  asked: fc
    .array(
      fc.oneof(
        fc.tuple(fc.constantFrom(...NAMES), tie('inside')),
        fc.tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(fc.oneof({ maxDepth: 4 }, hostile, tie('asked')), { maxLength: 3 })),
        fc.tuple(fc.constant('$not'), fc.oneof({ maxDepth: 4 }, hostile, tie('asked'))),
        fc.tuple(fc.constant('$savedGroup'), fc.record({ id: name, attributeKey: fc.oneof(name, hostile) })),
      ),
      { maxLength: 3 },
    )
    .map((entries) => Object.fromEntries(entries) as Record<string, unknown>),
  inside: fc
    .array(
      fc.oneof(
        fc.tuple(fc.constantFrom(...OPERATORS), hostile),
        fc.tuple(fc.constantFrom('$regex', '$regexi'), fc.constantFrom(...CORPUS)),
        fc.tuple(fc.constantFrom('$not', '$elemMatch', '$size'), fc.oneof({ maxDepth: 4 }, constant, tie('inside'), tie('asked'))),
        fc.tuple(
          fc.constantFrom('$all', '$alli', '$in', '$nini', '$cidr'),
          fc.array(fc.oneof({ maxDepth: 4 }, constant, tie('inside')), { maxLength: 3 }),
        ),
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map((entries) => Object.fromEntries(entries) as unknown),
}));

const condition = fc.oneof(
  { weight: 4, arbitrary: asked },
  { weight: 2, arbitrary: hostile },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom('$not', '$and', '$or', 'a', '$elemMatch'))
      .map(([depth, by]) => nestedCondition(depth, by)),
  },
);
const value = fc.oneof(
  { weight: 3, arbitrary: hostile },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(...ATTACKS, ATTACKS, nestedList(100), nestedList(60), trapped, [trapped], [[trapped, null]]),
  },
  {
    weight: 1,
    arbitrary: fc.anything({
      withBigInt: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
      withMap: true,
      withDate: true,
    }),
  },
);
const attributes = fc.array(fc.tuple(fc.constantFrom('a', '', 'constructor', '__proto__', 'length', 'toString', '\ud800'), value), {
  maxLength: 4,
});

it(`${DOCUMENTS} hostile documents and attributes are decided, and nothing is thrown`, { timeout: 600_000 }, () => {
  const seen = { taken: 0, refused: 0, reported: 0, selected: 0 };
  fc.assert(
    fc.property(condition, attributes, (document, entries) => {
      const has = Object.fromEntries(entries);
      const parsed = Condition.safeParse(document);
      seen[parsed.success ? 'taken' : 'refused']++;
      // What the schema refuses never gets here; the compiler takes it all the same.
      const { test, reports } = compiled(document, { groups: { a: ['x', 1] }, segments: { a: { a: 'x' } } });
      seen.reported += Number(reports.length > 0);
      for (const [path] of reports) expect(path).toMatch(/^(?:\/(?:[^~]|~[01])*)?$/su);
      seen.selected += Number(test(has));
      for (const subject of [has, null, undefined, 'x', 1n, trapped]) expect(test(subject)).toBeTypeOf('boolean');
      expect(test(has)).toBe(test(has));
      const asVisitor = compileCondition(document, '', { at: visitorTest, groups: {}, segment: () => undefined, report: () => undefined });
      expect(asVisitor({ key: 'ann', attributes: has })).toBeTypeOf('boolean');
    }),
    { numRuns: DOCUMENTS, ...(process.env.CONCIERGE_LONG ? {} : { seed: 20_260_131 }) },
  );
  if (process.env.CONCIERGE_LONG) console.log(JSON.stringify(seen));
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(DOCUMENTS / 20);
});

it('the largest condition over the largest attributes ends', () => {
  const items = Array.from({ length: 1000 }, (_, index) => ({ x: `${index}`, list: [index, [index]] }));
  const patterns = Array.from({ length: 50 }, (_, index) => ({ a: { $not: { $regex: `^(?:${index}|[ab]*a[ab]{30})$` } } }));
  const conditions = [
    { $and: patterns },
    { a: { $all: Array.from({ length: 600 }, (_, index) => ({ $elemMatch: { $eq: index } })) } },
    { a: { $elemMatch: { list: { $elemMatch: { $elemMatch: { $gt: 1e9 } } } } } },
    { a: { $in: Array.from({ length: 1998 }, (_, index) => index) } },
  ];
  for (const document of conditions) {
    expect(Condition.safeParse(document).success).toBe(true);
    for (const a of [items, ATTACKS, ...ATTACKS, nestedList(90)]) expect(compiled(document).test({ a })).toBeTypeOf('boolean');
  }
});

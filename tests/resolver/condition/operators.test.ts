import { describe, expect, it } from 'vitest';
import { OPERATOR_NAMES } from '#resolver/condition/operators.ts';
import { type Names, compiled, selects } from './support.ts';

const NAMES: Names = {
  groups: { beta: ['ann', 7], empty: [] },
  segments: { pro: { plan: 'pro' } },
};

type Row = [name: string, condition: unknown, attributes: unknown, selected: boolean];

/** Each row is checked as it is, and turned over by `$not` around it. */
function holds(rows: Row[]): void {
  it.each(rows)('%s', (_, condition, attributes, selected) => {
    expect(selects(condition, attributes, NAMES)).toBe(selected);
    expect(selects({ $not: condition }, attributes, NAMES)).toBe(!selected);
    expect(selects({ $nor: [condition] }, attributes, NAMES)).toBe(!selected);
  });
}

const BY_OPERATOR: Record<string, Row[]> = {
  $eq: [
    ['the same text', { a: { $eq: 'x' } }, { a: 'x' }, true],
    ['another text', { a: { $eq: 'x' } }, { a: 'y' }, false],
    ['a number is no text', { a: { $eq: '1' } }, { a: 1 }, false],
    ['null meets missing', { a: { $eq: null } }, {}, true],
    ['null meets null', { a: { $eq: null } }, { a: null }, true],
    ['missing is not false', { a: { $eq: false } }, {}, false],
    ['a list is not its item', { a: { $eq: 'x' } }, { a: ['x'] }, false],
    ['zero and minus zero', { a: { $eq: 0 } }, { a: -0 }, true],
  ],
  $ne: [
    ['the same text', { a: { $ne: 'x' } }, { a: 'x' }, false],
    ['another text', { a: { $ne: 'x' } }, { a: 'y' }, true],
    ['another type', { a: { $ne: '1' } }, { a: 1 }, true],
    ['missing', { a: { $ne: 'x' } }, {}, true],
    ['null and missing', { a: { $ne: null } }, {}, false],
    ['a list', { a: { $ne: 'x' } }, { a: ['x'] }, true],
  ],
  $lt: [
    ['a smaller number', { a: { $lt: 5 } }, { a: 4 }, true],
    ['the same number', { a: { $lt: 5 } }, { a: 5 }, false],
    ['a number as a text', { a: { $lt: 5 } }, { a: '4' }, true],
    ['texts compare as texts', { a: { $lt: '5' } }, { a: '10' }, true],
    ['a text that is no number', { a: { $lt: 5 } }, { a: 'x' }, false],
    ['missing counts as 0', { a: { $lt: 5 } }, {}, true],
    ['null counts as 0', { a: { $lt: 0 } }, { a: null }, false],
    ['true counts as 1', { a: { $lt: 2 } }, { a: true }, true],
    ['a list of one is that one', { a: { $lt: 5 } }, { a: [4] }, true],
    ['a list of two is no number', { a: { $lt: 5 } }, { a: [1, 2] }, false],
    ['an object is no number', { a: { $lt: 5 } }, { a: {} }, false],
  ],
  $lte: [
    ['a smaller number', { a: { $lte: 5 } }, { a: 4.9 }, true],
    ['the same number', { a: { $lte: 5 } }, { a: 5 }, true],
    ['a greater number', { a: { $lte: 5 } }, { a: 5.1 }, false],
    ['missing counts as 0', { a: { $lte: 0 } }, {}, true],
    ['no order, neither less nor equal', { a: { $lte: 5 } }, { a: 'x' }, false],
  ],
  $gt: [
    ['a greater number', { a: { $gt: 5 } }, { a: 6 }, true],
    ['the same number', { a: { $gt: 5 } }, { a: 5 }, false],
    ['a greater text', { a: { $gt: 'a' } }, { a: 'b' }, true],
    ['missing counts as 0', { a: { $gt: -1 } }, {}, true],
    ['no order', { a: { $gt: 5 } }, { a: 'x' }, false],
    ['the greatest number', { a: { $gt: 1e308 } }, { a: 1.7e308 }, true],
  ],
  $gte: [
    ['a greater number', { a: { $gte: 5 } }, { a: 6 }, true],
    ['the same number', { a: { $gte: 5 } }, { a: 5 }, true],
    ['a smaller number', { a: { $gte: 5 } }, { a: 4 }, false],
    ['missing counts as 0', { a: { $gte: 1 } }, {}, false],
    ['no order', { a: { $gte: 5 } }, { a: [] }, false],
  ],
  $in: [
    ['one of them', { a: { $in: ['x', 'y'] } }, { a: 'y' }, true],
    ['none of them', { a: { $in: ['x', 'y'] } }, { a: 'z' }, false],
    ['types count', { a: { $in: ['1'] } }, { a: 1 }, false],
    ['any item of a list', { a: { $in: ['x', 'y'] } }, { a: ['z', 'x'] }, true],
    ['no item of a list', { a: { $in: ['x'] } }, { a: ['z'] }, false],
    ['an empty list has no item', { a: { $in: ['x'] } }, { a: [] }, false],
    ['nothing is in no list', { a: { $in: [] } }, { a: 'x' }, false],
    ['missing', { a: { $in: ['x'] } }, {}, false],
    ['missing is null', { a: { $in: [null] } }, {}, true],
    ['case counts', { a: { $in: ['x'] } }, { a: 'X' }, false],
  ],
  $nin: [
    ['one of them', { a: { $nin: ['x'] } }, { a: 'x' }, false],
    ['none of them', { a: { $nin: ['x'] } }, { a: 'z' }, true],
    ['missing', { a: { $nin: ['x'] } }, {}, true],
    ['missing is null', { a: { $nin: [null] } }, {}, false],
    ['any item of a list', { a: { $nin: ['x'] } }, { a: ['z', 'x'] }, false],
    ['an empty list', { a: { $nin: ['x'] } }, { a: [] }, true],
  ],
  $ini: [
    ['another case', { a: { $ini: ['Éa', 'y'] } }, { a: 'éA' }, true],
    ['an item of another case', { a: { $ini: ['x'] } }, { a: ['z', 'X'] }, true],
    ['another text', { a: { $ini: ['x'] } }, { a: 'y' }, false],
    ['numbers too', { a: { $ini: [1] } }, { a: 1 }, true],
    ['missing', { a: { $ini: ['x'] } }, {}, false],
    ['missing is null', { a: { $ini: [null] } }, { a: null }, true],
  ],
  $nini: [
    ['another case', { a: { $nini: ['x'] } }, { a: 'X' }, false],
    ['another text', { a: { $nini: ['x'] } }, { a: 'y' }, true],
    ['missing', { a: { $nini: ['x'] } }, {}, true],
    ['a list', { a: { $nini: ['x'] } }, { a: ['X', 'y'] }, false],
  ],
  $all: [
    ['all of them and more', { a: { $all: ['x', 'y'] } }, { a: ['z', 'y', 'x'] }, true],
    ['one is not there', { a: { $all: ['x', 'y'] } }, { a: ['x'] }, false],
    ['of nothing asked all is there', { a: { $all: [] } }, { a: [] }, true],
    ['no list', { a: { $all: ['x'] } }, { a: 'x' }, false],
    ['missing', { a: { $all: [] } }, {}, false],
    ['null', { a: { $all: [] } }, { a: null }, false],
    ['operators inside', { a: { $all: [{ $gt: 1 }, { $gt: 5 }] } }, { a: [0, 9] }, true],
    ['a number as a text', { a: { $all: ['1'] } }, { a: [1] }, true],
    ['lists inside', { a: { $all: [['x']] } }, { a: [['x']] }, true],
  ],
  $alli: [
    ['another case', { a: { $alli: ['X', 'y'] } }, { a: ['x', 'Y'] }, true],
    ['one is not there', { a: { $alli: ['X', 'y'] } }, { a: ['x'] }, false],
    ['no list', { a: { $alli: ['x'] } }, { a: 'x' }, false],
    ['missing', { a: { $alli: ['x'] } }, {}, false],
    ['numbers', { a: { $alli: [1] } }, { a: [1] }, true],
    ['operators inside keep to case', { a: { $alli: [{ $eq: 'x' }] } }, { a: ['X'] }, false],
  ],
  $exists: [
    ['there', { a: { $exists: true } }, { a: 0 }, true],
    ['missing', { a: { $exists: true } }, {}, false],
    ['null is missing', { a: { $exists: true } }, { a: null }, false],
    ['undefined is missing', { a: { $exists: false } }, { a: undefined }, true],
    ['undefined inside is missing', { 'a.b': { $exists: false } }, { a: { b: undefined } }, true],
    ['missing as asked', { a: { $exists: false } }, {}, true],
    ['there, but asked for missing', { a: { $exists: false } }, { a: '' }, false],
    ['1 is true', { a: { $exists: 1 } }, { a: [] }, true],
    ['0 is false', { a: { $exists: 0 } }, {}, true],
  ],
  $type: [
    ['string', { a: { $type: 'string' } }, { a: '' }, true],
    ['number', { a: { $type: 'number' } }, { a: 0 }, true],
    ['boolean', { a: { $type: 'boolean' } }, { a: false }, true],
    ['array', { a: { $type: 'array' } }, { a: [] }, true],
    ['object', { a: { $type: 'object' } }, { a: {} }, true],
    ['a list is no object', { a: { $type: 'object' } }, { a: [] }, false],
    ['null', { a: { $type: 'null' } }, { a: null }, true],
    ['missing is null', { a: { $type: 'null' } }, {}, true],
    ['nothing is undefined', { a: { $type: 'undefined' } }, {}, false],
  ],
  $size: [
    ['as many', { a: { $size: 2 } }, { a: [1, 2] }, true],
    ['too few', { a: { $size: 2 } }, { a: [1] }, false],
    ['operators', { a: { $size: { $gt: 1, $lt: 3 } } }, { a: [1, 2] }, true],
    ['a text has no size', { a: { $size: 2 } }, { a: 'xy' }, false],
    ['missing', { a: { $size: 0 } }, {}, false],
    ['empty', { a: { $size: 0 } }, { a: [] }, true],
  ],
  $elemMatch: [
    ['operators on an item', { a: { $elemMatch: { $gt: 1, $lt: 3 } } }, { a: [0, 2] }, true],
    ['no item meets all', { a: { $elemMatch: { $gt: 1, $lt: 3 } } }, { a: [1, 3] }, false],
    ['a condition over an item', { a: { $elemMatch: { b: 'x', 'c.d': 2 } } }, { a: [{ b: 'x', c: { d: 2 } }] }, true],
    ['conditions over several items', { a: { $elemMatch: { b: 'x', c: 2 } } }, { a: [{ b: 'x' }, { c: 2 }] }, false],
    ['falsy items count', { a: { $elemMatch: { $eq: 0 } } }, { a: [null, 0] }, true],
    ['null items are skipped', { a: { $elemMatch: { $eq: null } } }, { a: [null] }, false],
    ['lists in lists', { a: { $elemMatch: { $elemMatch: { $eq: 1 } } } }, { a: [[0], [1]] }, true],
    ['an item by index', { a: { $elemMatch: { 0: 'x' } } }, { a: [['x']] }, true],
    ['$not inside', { a: { $elemMatch: { $not: { $gt: 1 } } } }, { a: [2, 0] }, true],
    ['$or beside a name', { a: { $elemMatch: { b: 1, $or: [{ c: 1 }, { c: 2 }] } } }, { a: [{ b: 1, c: 2 }] }, true],
    ['no list', { a: { $elemMatch: { b: 1 } } }, { a: { b: 1 } }, false],
    ['missing', { a: { $elemMatch: {} } }, {}, false],
    ['anything', { a: { $elemMatch: {} } }, { a: [0] }, true],
  ],
  $regex: [
    ['anywhere', { a: { $regex: 'b+' } }, { a: 'abbc' }, true],
    ['anchored', { a: { $regex: '^b+$' } }, { a: 'abbc' }, false],
    ['case counts', { a: { $regex: 'b' } }, { a: 'B' }, false],
    ['a number as a text', { a: { $regex: '^4' } }, { a: 42 }, true],
    ['missing is "null"', { a: { $regex: '^null$' } }, {}, true],
    ['a list is its items with commas', { a: { $regex: '^x,y$' } }, { a: ['x', 'y'] }, true],
    ['a slash', { a: { $regex: '^/a/b$' } }, { a: '/a/b' }, true],
  ],
  $regexi: [
    ['any case', { a: { $regexi: '^ab$' } }, { a: 'Ab' }, true],
    ['another text', { a: { $regexi: '^ab$' } }, { a: 'abc' }, false],
    ['missing', { a: { $regexi: 'x' } }, {}, false],
  ],
  $inGroup: [
    ['a member', { a: { $inGroup: 'beta' } }, { a: 'ann' }, true],
    ['a number', { a: { $inGroup: 'beta' } }, { a: 7 }, true],
    ['a number as a text', { a: { $inGroup: 'beta' } }, { a: '7' }, false],
    ['any item of a list', { a: { $inGroup: 'beta' } }, { a: ['bob', 'ann'] }, true],
    ['missing', { a: { $inGroup: 'beta' } }, {}, false],
    ['an empty group', { a: { $inGroup: 'empty' } }, { a: 'ann' }, false],
  ],
  $notInGroup: [
    ['a member', { a: { $notInGroup: 'beta' } }, { a: 'ann' }, false],
    ['a stranger', { a: { $notInGroup: 'beta' } }, { a: 'bob' }, true],
    ['missing', { a: { $notInGroup: 'beta' } }, {}, true],
    ['an empty group', { a: { $notInGroup: 'empty' } }, { a: 'ann' }, true],
  ],
  $veq: [
    ['the same', { a: { $veq: '1.2.3' } }, { a: 'v1.2.3+build' }, true],
    ['another', { a: { $veq: '1.2.3' } }, { a: '1.2.4' }, false],
    ['missing counts as 0', { a: { $veq: '0' } }, {}, true],
  ],
  $vne: [
    ['the same', { a: { $vne: '1.2.3' } }, { a: 'v1.2.3' }, false],
    ['another', { a: { $vne: '1.2.3' } }, { a: '1.2.3-rc' }, true],
    ['missing', { a: { $vne: '1.2.3' } }, {}, true],
  ],
  $vlt: [
    ['by number', { a: { $vlt: '1.10.0' } }, { a: '1.9.0' }, true],
    ['a tag comes before its release', { a: { $vlt: '1.0.0' } }, { a: '1.0.0-beta' }, true],
    ['the same', { a: { $vlt: '1.0.0' } }, { a: '1.0.0' }, false],
    ['missing counts as 0', { a: { $vlt: '1.0.0' } }, {}, true],
  ],
  $vlte: [
    ['the same', { a: { $vlte: '1.0.0' } }, { a: '1.0.0' }, true],
    ['later', { a: { $vlte: '1.0.0' } }, { a: '1.0.1' }, false],
    ['null counts as 0', { a: { $vlte: '0' } }, { a: null }, true],
  ],
  $vgt: [
    ['later', { a: { $vgt: '1.9.0' } }, { a: '1.10.0' }, true],
    ['the same', { a: { $vgt: '1.9.0' } }, { a: '1.9.0' }, false],
    ['a number', { a: { $vgt: '1' } }, { a: 2 }, true],
    ['missing counts as 0', { a: { $vgt: '0.0.1' } }, {}, false],
    ['a list counts as 0', { a: { $vgt: '0.0.1' } }, { a: ['9.9.9'] }, false],
  ],
  $vgte: [
    ['the same', { a: { $vgte: '1.9.0' } }, { a: '1.9.0' }, true],
    ['earlier', { a: { $vgte: '1.9.0' } }, { a: '1.8.9' }, false],
    ['missing counts as 0', { a: { $vgte: '0' } }, {}, true],
  ],
  $not: [
    ['operators', { a: { $not: { $gt: 1 } } }, { a: 1 }, true],
    ['a constant', { a: { $not: 'x' } }, { a: 'x' }, false],
    ['missing', { a: { $not: 'x' } }, {}, true],
    ['null', { a: { $not: null } }, { a: null }, false],
    ['twice', { a: { $not: { $not: { $in: ['x'] } } } }, { a: ['x'] }, true],
  ],
  $cidr: [
    ['inside', { a: { $cidr: '10.0.0.0/8' } }, { a: '10.200.3.4' }, true],
    ['outside', { a: { $cidr: '10.0.0.0/8' } }, { a: '11.0.0.1' }, false],
    ['one of several', { a: { $cidr: ['10.0.0.0/8', '2001:db8::/32'] } }, { a: '2001:db8::1' }, true],
    ['missing', { a: { $cidr: '0.0.0.0/0' } }, {}, false],
    ['null', { a: { $cidr: '0.0.0.0/0' } }, { a: null }, false],
    ['a list is no address', { a: { $cidr: '0.0.0.0/0' } }, { a: ['10.0.0.1'] }, false],
  ],
  $before: [
    ['before', { a: { $before: '2026-01-31' } }, { a: '2026-01-30T23:59:59Z' }, true],
    ['at that very instant', { a: { $before: '2026-01-31' } }, { a: '2026-01-31T00:00Z' }, false],
    ['milliseconds', { a: { $before: '1970-01-02' } }, { a: 0 }, true],
    ['missing', { a: { $before: '2026-01-31' } }, {}, false],
    ['null', { a: { $before: '2026-01-31' } }, { a: null }, false],
    ['no date', { a: { $before: '2026-01-31' } }, { a: 'yesterday' }, false],
    ['a list', { a: { $before: '2026-01-31' } }, { a: ['2026-01-01'] }, false],
  ],
  $after: [
    ['after', { a: { $after: '2026-01-31T09:00+09:00' } }, { a: '2026-01-31T00:00:00.001Z' }, true],
    ['at that very instant', { a: { $after: '2026-01-31T09:00+09:00' } }, { a: '2026-01-31' }, false],
    ['missing', { a: { $after: '1970-01-01' } }, {}, false],
    ['no date', { a: { $after: '1970-01-01' } }, { a: 'x' }, false],
  ],
};

describe.each(Object.entries(BY_OPERATOR))('%s', (_, rows) => holds(rows));

it('every operator has rows', () => expect(Object.keys(BY_OPERATOR).toSorted()).toEqual(OPERATOR_NAMES.toSorted()));

describe('a constant instead of operators', () => {
  holds([
    ['a text', { a: 'x' }, { a: 'x' }, true],
    ['a text and a number', { a: '1' }, { a: 1 }, true],
    ['a text and a list', { a: 'x,y' }, { a: ['x', 'y'] }, true],
    ['"null" and missing', { a: 'null' }, {}, true],
    ['a number', { a: 1 }, { a: 1 }, true],
    ['a number and a text', { a: 1 }, { a: '1.0' }, true],
    ['0 and missing', { a: 0 }, {}, true],
    ['0 and an empty list', { a: 0 }, { a: [] }, true],
    ['1 and true', { a: 1 }, { a: true }, true],
    ['true and something', { a: true }, { a: 'x' }, true],
    ['true and an empty text', { a: true }, { a: '' }, false],
    ['false and 0', { a: false }, { a: 0 }, true],
    ['false and missing', { a: false }, {}, false],
    ['null and missing', { a: null }, {}, true],
    ['null and 0', { a: null }, { a: 0 }, false],
    ['a list', { a: [1, 'x'] }, { a: [1, 'x'] }, true],
    ['a list in another order', { a: [1, 2] }, { a: [2, 1] }, false],
    ['a list and its text', { a: ['x'] }, { a: 'x' }, false],
    ['an object', { a: { b: { c: 1 } } }, { a: { b: { c: 1 } } }, true],
    ['an object with more', { a: { b: 1 } }, { a: { b: 1, c: 2 } }, false],
    ['an object in another order', { a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }, false],
    ['an empty object', { a: {} }, { a: {} }, true],
    ['an empty object and an empty list', { a: {} }, { a: [] }, false],
  ]);
});

describe('paths', () => {
  holds([
    ['into an object', { 'a.b.c': 1 }, { a: { b: { c: 1 } } }, true],
    ['into a list', { 'a.1.b': 1 }, { a: [0, { b: 1 }] }, true],
    ['a list has a length', { 'a.length': 2 }, { a: [0, 0] }, true],
    ['a text has none', { 'a.length': { $exists: true } }, { a: 'xy' }, false],
    ['a dot in a name is never found', { 'a.b': 1 }, { 'a.b': 1 }, false],
    ['through null', { 'a.b': null }, { a: null }, true],
    ['through missing', { 'a.b': { $exists: false } }, {}, true],
    ['the empty name', { '': 1 }, { '': 1 }, true],
  ]);
});

describe('conditions of conditions', () => {
  holds([
    ['nothing asked', {}, {}, true],
    ['all entries', { a: 1, b: 2 }, { a: 1, b: 3 }, false],
    ['$and', { $and: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }, true],
    ['$and, one of three is not', { $and: [{ a: 1 }, { b: 2 }, { c: 3 }] }, { a: 1, b: 2 }, false],
    ['$and of nothing', { $and: [] }, {}, true],
    ['$or', { $or: [{ a: 1 }, { a: 2 }] }, { a: 2 }, true],
    ['$or, none', { $or: [{ a: 1 }, { a: 2 }] }, { a: 3 }, false],
    ['$or of nothing is true', { $or: [] }, {}, true],
    ['$nor', { $nor: [{ a: 1 }, { b: 2 }] }, { a: 0, b: 0 }, true],
    ['$nor, one is', { $nor: [{ a: 1 }, { b: 2 }] }, { b: 2 }, false],
    ['$nor of nothing is false', { $nor: [] }, {}, false],
    ['$not', { $not: { a: 1 } }, {}, true],
    ['$not of nothing asked', { $not: {} }, {}, false],
    ['a segment', { $savedGroup: { id: 'pro' } }, { plan: 'pro' }, true],
    ['a segment, not in it', { $savedGroup: { id: 'pro' } }, { plan: 'free' }, false],
    ['a segment takes no attribute', { $savedGroup: { id: 'pro', attributeKey: 'x' } }, { plan: 'pro' }, true],
    ['a group over an attribute', { $savedGroup: { id: 'beta', attributeKey: 'u.id' } }, { u: { id: 'ann' } }, true],
    ['a group, not in it', { $savedGroup: { id: 'beta', attributeKey: 'u.id' } }, {}, false],
    [
      'a group over an item',
      { a: { $elemMatch: { n: 1, $savedGroup: { id: 'beta', attributeKey: 'id' } } } },
      { a: [{ n: 1, id: 7 }] },
      true,
    ],
  ]);
});

describe('what makes no sense is false, and reported where it stands', () => {
  it.each<[string, unknown, string]>([
    ['no condition', 5, ''],
    ['a list', [], ''],
    ['null', null, ''],
    ['a condition in $and', { $and: [{}, 5] }, '/$and/1'],
    ['$and of an object', { $and: {} }, '/$and'],
    ['$or of a text', { $or: 'x' }, '/$or'],
    ['$nor of null', { $nor: null }, '/$nor'],
    ['$not of a list', { $not: [] }, '/$not'],
    ['$savedGroup of a text', { $savedGroup: 'pro' }, '/$savedGroup'],
    ['$savedGroup without id', { $savedGroup: {} }, '/$savedGroup'],
    ['$savedGroup of nothing known', { $savedGroup: { id: 'nobody' } }, '/$savedGroup'],
    ['$savedGroup of a group without attribute', { $savedGroup: { id: 'beta' } }, '/$savedGroup'],
    ['$savedGroup with an attribute that is no text', { $savedGroup: { id: 'pro', attributeKey: null } }, '/$savedGroup'],
    ['a segment over an item', { a: { $elemMatch: { plan: 'pro', $savedGroup: { id: 'pro' } } } }, '/a/$elemMatch/$savedGroup'],
    ['an unknown operator around', { $xor: [] }, '/$xor'],
    ['an operator that stands in attributes', { $eq: 1 }, '/$eq'],
    ['an unknown operator', { a: { $like: 'x' } }, '/a/$like'],
    ['an operator that stands around', { a: { $or: [{ $eq: 1 }] } }, '/a/$or'],
    ['one around, on items', { a: { $elemMatch: { $or: [{ b: 1 }] } } }, '/a/$elemMatch/$or'],
    ['operators and names', { a: { $gt: 1, b: 1 } }, '/a'],
    ['a name with slash and tilde', { 'a/b~c': { $like: 'x' } }, '/a~1b~0c/$like'],
    ['deep inside', { $or: [{ a: { $elemMatch: { b: { $not: { $in: 'x' } } } } }] }, '/$or/0/a/$elemMatch/b/$not/$in'],
    ['$eq of a list', { a: { $eq: [] } }, '/a/$eq'],
    ['$ne of an object', { a: { $ne: {} } }, '/a/$ne'],
    ['$lt of null', { a: { $lt: null } }, '/a/$lt'],
    ['$lte of true', { a: { $lte: true } }, '/a/$lte'],
    ['$gt of an object', { a: { $gt: {} } }, '/a/$gt'],
    ['$gte of a list', { a: { $gte: [1] } }, '/a/$gte'],
    ['$in of a text', { a: { $in: 'x' } }, '/a/$in'],
    ['$in of a list of lists', { a: { $in: ['x', ['y']] } }, '/a/$in'],
    ['$nin of an object', { a: { $nin: {} } }, '/a/$nin'],
    ['$nin of patterns', { a: { $nin: [{ $regex: 'x' }] } }, '/a/$nin'],
    ['$ini of null', { a: { $ini: null } }, '/a/$ini'],
    ['$nini of a number', { a: { $nini: 5 } }, '/a/$nini'],
    ['$all of a text', { a: { $all: 'x' } }, '/a/$all'],
    ['inside $all', { a: { $all: [1, { $like: 1 }] } }, '/a/$all/1/$like'],
    ['$alli of a text', { a: { $alli: 'x' } }, '/a/$alli'],
    ['inside $alli', { a: { $alli: [{ $like: 1 }] } }, '/a/$alli/0/$like'],
    ['$exists of a text', { a: { $exists: 'false' } }, '/a/$exists'],
    ['$exists of null', { a: { $exists: null } }, '/a/$exists'],
    ['$type of no type', { a: { $type: 'text' } }, '/a/$type'],
    ['$type of a list', { a: { $type: ['string'] } }, '/a/$type'],
    ['$size of a text', { a: { $size: '2' } }, '/a/$size'],
    ['$size of an object without operators', { a: { $size: { gt: 1 } } }, '/a/$size'],
    ['$elemMatch of a list', { a: { $elemMatch: [] } }, '/a/$elemMatch'],
    ['$regex of a number', { a: { $regex: 5 } }, '/a/$regex'],
    ['$regex that is none', { a: { $regex: '(' } }, '/a/$regex'],
    ['$regexi of an object', { a: { $regexi: {} } }, '/a/$regexi'],
    ['$inGroup of a list', { a: { $inGroup: ['beta'] } }, '/a/$inGroup'],
    ['$inGroup of no group', { a: { $inGroup: 'nobody' } }, '/a/$inGroup'],
    ['$inGroup of what every object has', { a: { $inGroup: 'toString' } }, '/a/$inGroup'],
    ['$notInGroup of no group', { a: { $notInGroup: 'nobody' } }, '/a/$notInGroup'],
    ['$veq of null', { a: { $veq: null } }, '/a/$veq'],
    ['$vne of a list', { a: { $vne: [] } }, '/a/$vne'],
    ['$vlt of true', { a: { $vlt: true } }, '/a/$vlt'],
    ['$vlte of null', { a: { $vlte: null } }, '/a/$vlte'],
    ['$vgt of an object', { a: { $vgt: {} } }, '/a/$vgt'],
    ['$vgte of null', { a: { $vgte: null } }, '/a/$vgte'],
    ['$cidr of a number', { a: { $cidr: 10 } }, '/a/$cidr'],
    ['$cidr of no network', { a: { $cidr: ['10.0.0.0/8', 'home'] } }, '/a/$cidr'],
    ['$cidr of nothing', { a: { $cidr: [] } }, '/a/$cidr'],
    ['$before of no date', { a: { $before: 'tomorrow' } }, '/a/$before'],
    ['$after of a date and time without offset', { a: { $after: '2026-01-31T09:00' } }, '/a/$after'],
  ])('%s', (_, condition, path) => {
    const { test, reports } = compiled(condition, NAMES);
    expect(reports).toEqual([[path, expect.stringMatching(/\w/)]]);
    for (const attributes of [{}, { a: 5 }, { a: '2' }, { a: ['x', 1] }, { a: [{ plan: 'pro', b: 1 }] }]) {
      // What is wrong is false; `$not` around it is true, as it is around everything that is false.
      if (!path.includes('$not/')) expect(test(attributes)).toBe(false);
    }
  });

  it('one fault does not hide another', () => {
    const { reports } = compiled({ a: { $like: 1, $in: 1 }, $or: [5, { b: { $regex: '(' } }] });
    expect(reports.map(([path]) => path)).toEqual(['/a/$like', '/a/$in', '/$or/0', '/$or/1/b/$regex']);
  });

  it('what stands beside it in $or still selects', () => {
    const { test } = compiled({ $or: [{ a: { $like: 1 } }, { b: 1 }] });
    expect([test({ b: 1 }), test({ b: 2 })]).toEqual([true, false]);
  });
});

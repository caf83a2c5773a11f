import { describe, expect, it } from 'vitest';
import { instantOf } from '#resolver/condition/instant.ts';
import { compileNetwork } from '#resolver/condition/network.ts';
import { numberOf, textOf } from '#resolver/condition/values.ts';
import { sortableVersion } from '#resolver/condition/version.ts';

describe('instants', () => {
  it.each([
    ['a date', '2026-01-31'],
    ['a date and time', '2026-01-31T09:30Z'],
    ['seconds', '2026-01-31T09:30:59Z'],
    ['milliseconds', '2026-01-31T09:30:59.123Z'],
    ['one digit of a fraction', '2026-01-31T09:30:59.1Z'],
    ['an offset to the east', '2026-01-31T00:30+09:00'],
    ['an offset to the west', '2026-12-31T23:30-05:30'],
    ['the epoch', '1970-01-01'],
    ['before the epoch', '1969-12-31T23:59:59.999Z'],
    ['a leap day', '2024-02-29'],
    ['a leap day of a fourth century', '2000-02-29'],
    ['the day after February', '2023-03-01'],
    ['the end of a year', '2023-12-31'],
    ['the first year', '0000-01-01'],
    ['the last year', '9999-12-31T23:59:59.999Z'],
  ])('%s is what Date.parse has', (_, text) => expect(instantOf(text)).toBe(Date.parse(text)));

  it('every day of 400 years is what Date.parse has', () => {
    for (let day = Date.UTC(1900, 0, 1); day < Date.UTC(2300, 0, 1); day += 86_400_000) {
      if (instantOf(new Date(day).toISOString().slice(0, 10)) !== day) expect.unreachable(new Date(day).toISOString());
    }
  });

  it('every millisecond of a second is itself', () => {
    for (let ms = 0; ms < 1000; ms++) {
      const text = `1970-01-01T00:00:00.${`${ms}`.padStart(3, '0')}Z`;
      if (instantOf(text) !== ms) expect.unreachable(text);
    }
  });

  it('digits after the millisecond are dropped', () => {
    expect(instantOf('1970-01-01T00:00:00.123999999Z')).toBe(123);
  });

  it.each([
    ['no leap year', '2023-02-29'],
    ['no leap year of a century', '1900-02-29'],
    ['31 April', '2026-04-31'],
    ['month 0', '2026-00-10'],
    ['month 13', '2026-13-01'],
    ['day 0', '2026-01-00'],
    ['hour 24', '2026-01-31T24:00Z'],
    ['minute 60', '2026-01-31T23:60Z'],
    ['a leap second', '2026-06-30T23:59:60Z'],
    ['no offset', '2026-01-31T09:00'],
    ['offset of 24 hours', '2026-01-31T09:00+24:00'],
    ['offset of 60 minutes', '2026-01-31T09:00+01:60'],
    ['offset without colon', '2026-01-31T09:00+0900'],
    ['a blank instead of T', '2026-01-31 09:00Z'],
    ['small letters', '2026-01-31t09:00z'],
    ['a time of day', '09:00Z'],
    ['a year and month', '2026-01'],
    ['two digits of a year', '26-01-31'],
    ['six digits of a year', '+002026-01-31'],
    ['blanks around', ' 2026-01-31'],
    ['a line end', '2026-01-31\n'],
    ['another order', '31-01-2026'],
    ['ten digits of a fraction', '2026-01-31T09:00:00.1234567890Z'],
    ['other digits', '２０２６-01-31'],
    ['nothing', ''],
    ['a number as a text', '0'],
    ['null', null],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a list', ['2026-01-31']],
    ['an object', {}],
    ['a Date', new Date(0)],
  ])('%s is none', (_, value) => expect(instantOf(value)).toBeNaN());

  it('a number is milliseconds', () => expect(instantOf(-1.5)).toBe(-1.5));
});

describe('networks', () => {
  it.each<[network: string, address: unknown, inside: boolean]>([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['192.168.1.0/24', '192.168.1.255', true],
    ['192.168.1.0/24', '192.168.2.0', false],
    ['192.168.1.128/25', '192.168.1.127', false],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.8', false],
    ['203.0.113.7/32', '203.0.113.7', true],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '10.0.0.1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['2001:DB8::/32', '2001:0db8:0:0:0:0:0:1', true],
    ['2001:db8::1', '2001:db8::1', true],
    ['2001:db8::1/128', '2001:db8::2', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:a01:203', true],
    ['10.0.0.0/8', '::ffff:11.1.2.3', false],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '11.1.2.3', false],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['::ffff:0:0/96', '8.8.8.8', true],
    ['10.0.0.0/8', '10.1.2', false],
    ['10.0.0.0/8', '10.0.0.256', false],
    ['10.0.0.0/8', '010.0.0.1', false],
    ['10.0.0.0/8', '0x0a.0.0.1', false],
    ['10.0.0.0/8', '167772161', false],
    ['10.0.0.0/8', 167_772_161, false],
    ['10.0.0.0/8', ' 10.0.0.1', false],
    ['10.0.0.0/8', '10.0.0.1/32', false],
    ['10.0.0.0/8', '10.0.0.1, 10.0.0.2', false],
    ['fe80::/10', 'fe80::1%eth0', false],
    ['::/0', '', false],
    ['::/0', null, false],
    ['::/0', ['::1'], false],
    ['::/0', `::${'0'.repeat(5000)}1`, false],
    ['::/0', ':'.repeat(5000), false],
  ])('%s and %s', (network, address, inside) => expect(compileNetwork(network)!(address)).toBe(inside));

  it.each([
    '',
    '/',
    '/8',
    'home',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0.0/1e1',
    '10.0.0.0/255.0.0.0',
    '10.0.0/8',
    '10/8',
    '010.0.0.0/8',
    '256.0.0.0/8',
    '2001:db8::/129',
    '2001:db8:::/32',
    '1::2::3/64',
    '12345::/16',
    'fe80::1%eth0/64',
    '::ffff:10.0.0.0/8',
    '::ffff:10.0.0.0/95',
    '10.0.0.0 /8',
    `${':'.repeat(499)}1`,
  ])('%s is none', (text) => expect(compileNetwork(text)).toBeUndefined());
});

describe('versions', () => {
  const RISING = [
    '0',
    '0.0.1',
    '0.9.9',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.2.0',
    '1.10.0',
    '2.0.0',
    '10.0.0',
  ];

  it('rise as Semantic Versioning has it', () => {
    for (let index = 1; index < RISING.length; index++) {
      expect(sortableVersion(RISING[index - 1]!) < sortableVersion(RISING[index]!), `${RISING[index - 1]} < ${RISING[index]}`).toBe(true);
    }
  });

  it.each([
    ['v1.2.3', '1.2.3'],
    ['1.2.3+build.7', '1.2.3'],
    ['1.2.3-rc.1+build', '1.2.3-rc.1'],
    [2, '2'],
    ['', '0'],
    [null, '0'],
    [true, '0'],
    [['1.2.3'], '0'],
    [{}, '0'],
    ['9'.repeat(257), '0'],
  ])('%j counts as %s', (version, same) => expect(sortableVersion(version)).toBe(sortableVersion(same)));

  it.each([
    ['V1.2.3', '1.2.3'],
    ['1.2', '1.2.0'],
    ['9'.repeat(256), '0'],
  ])('%s does not count as %s', (version, other) => expect(sortableVersion(version)).not.toBe(sortableVersion(other)));
});

describe('JSON as text and as number is what JavaScript makes of it', () => {
  it.each<[unknown]>([
    ['x'],
    [''],
    [' 5 '],
    ['0x10'],
    [0],
    [-0],
    [1e21],
    [1e308],
    [true],
    [false],
    [null],
    [[]],
    [[5]],
    [['5']],
    [[null]],
    [[[1], [2, [3]]]],
    [[null, 'a', {}]],
    [{}],
    [{ a: 1 }],
  ])('%j', (value) => {
    expect(textOf(value)).toBe(String(value));
    expect(numberOf(value)).toBe(Number(value));
  });

  it('runs nothing of what it reads', () => {
    const trap = (): never => expect.unreachable();
    expect(textOf({ toString: trap, valueOf: trap, [Symbol.toPrimitive]: trap })).toBe('[object Object]');
    expect(numberOf({ toString: trap, valueOf: trap, [Symbol.toPrimitive]: trap })).toBeNaN();
    expect(textOf([Symbol('x'), trap])).toBe(',');
    expect(numberOf(Symbol('x'))).toBeNaN();
  });

  it('ends, whatever lists hold each other', () => {
    const knot: unknown[] = [];
    knot.push(knot, knot);
    expect(textOf(knot).length).toBeLessThan(20_000);
  });
});

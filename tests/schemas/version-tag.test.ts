import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { Version } from '#schemas/common.ts';
import { parseVersion, storedUnitId, tagOf, versionWords } from '#schemas/version-tag.ts';

const readOf = (text: string) => {
  const parsed = parseVersion(text);
  if ('fault' in parsed) throw new Error(parsed.fault);
  return parsed;
};

describe('what a version may be', () => {
  it.each([
    ['v1.2.0', 'stable', '1.2.0', 'v1.2.0'],
    ['1.2.0', 'stable', '1.2.0', 'v1.2.0'],
    ['0.0.0', 'stable', '0.0.0', 'v0.0.0'],
    ['v1.2.0-rc.1', 'rc', '1.2.0-rc.1', 'v1.2.0-rc.1'],
    ['1.2.0-rc.10', 'rc', '1.2.0-rc.10', 'v1.2.0-rc.10'],
    ['v1.2.3.snap.20260115', 'snapshot', '1.2.3-0.snap.20260115', 'v1.2.3.snap.20260115'],
    ['1.2.3-snap.20260115', 'snapshot', '1.2.3-0.snap.20260115', 'v1.2.3.snap.20260115'],
    ['1.2.3-0.snap.20240229', 'snapshot', '1.2.3-0.snap.20240229', 'v1.2.3.snap.20240229'],
  ])('%s is a %s', (text, kind, version, tag) => {
    expect(parseVersion(text)).toEqual({ kind, version, tag, core: version.split('-')[0] });
    expect(Version.safeParse(version).success).toBe(true);
  });

  it.each([
    ['', 'is empty'],
    ['latest', 'does not begin with a number'],
    ['v', 'does not begin with a number'],
    ['vv1.0.0', 'does not begin with a number'],
    ['V1.0.0', 'capital "V"'],
    [' 1.0.0', 'white space'],
    ['1.0.0\n', 'white space'],
    ['1.0.0\0', 'neither a release candidate'],
    ['1', 'has 1 of the three numbers'],
    ['v1.0', 'has 2 of the three numbers'],
    ['1.0.0.0', 'has 4 of the three numbers'],
    ['01.0.0', '"01" has a leading zero'],
    ['1.00.0', '"00" has a leading zero'],
    ['1.0.9007199254740993', 'too large a number'],
    [`1.0.0-rc.${'1'.repeat(64)}`, 'more than 64 characters'],
    ['1.0.0+build.5', 'build metadata'],
    ['1.0.0-rc.1+5', 'build metadata'],
    ['1.0.0-', 'neither a release candidate'],
    ['1.0.0-beta.1', '"-beta.1" is neither a release candidate (-rc.1) nor a snapshot'],
    ['1.0.0-rc', 'has a number'],
    ['1.0.0-rc.', 'has a number'],
    ['1.0.0-rc1', 'not "-rc1"'],
    ['1.0.0.rc.1', 'not ".rc.1"'],
    ['1.0.0-RC.1', 'not "-RC.1"'],
    ['1.0.0-rc.01', '"01" has a leading zero'],
    ['1.0.0-rc.1.2', 'not "-rc.1.2"'],
    ['1.0.0-rc.-1', 'not "-rc.-1"'],
    ['1.0.0.snap', 'its day in eight digits'],
    ['1.0.0.snap.2026', 'its day in eight digits'],
    ['1.0.0.snap.202601151200', 'its day in eight digits'],
    ['1.0.0.SNAP.20260115', 'its day in eight digits'],
    ['1.0.0.snap.20261301', '"20261301" is no day'],
    ['1.0.0.snap.20260100', '"20260100" is no day'],
    ['1.0.0.snap.20260230', '"20260230" is no day'],
    ['1.0.0.snap.20250229', '"20250229" is no day'],
    ['1.0.0.snap.19000229', '"19000229" is no day'],
    ['1.0.0.snap.00000101', '"00000101" is no day'],
  ])('%j is refused: %s', (text, words) => {
    expect(parseVersion(text)).toEqual({ fault: expect.stringContaining(words) });
  });

  it('a day is one exactly when the calendar has it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9999 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (year, month, day) => {
          const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
          const isDay = new Date(`${text}T00:00Z`).toJSON()?.startsWith(text) ?? false;
          expect('fault' in parseVersion(`1.0.0.snap.${text.replaceAll('-', '')}`)).toBe(!isDay);
        },
      ),
    );
  });
});

describe('both forms', () => {
  const numbers = fc.tuple(fc.nat(), fc.nat(), fc.nat()).map((three) => three.join('.'));
  const suffix = fc.oneof(
    fc.constant(''),
    fc.nat().map((number) => `-rc.${number}`),
    fc
      .date({ min: new Date('1970-01-01T00:00Z'), max: new Date('2999-12-31T00:00Z'), noInvalidDate: true })
      .map((day) => `.snap.${day.toJSON().slice(0, 10).replaceAll('-', '')}`),
  );

  it('lead to each other, and the stored one is strict semver', () => {
    fc.assert(
      fc.property(numbers, suffix, (core, end) => {
        const { version, tag } = readOf(`v${core}${end}`);
        expect(tag).toBe(`v${core}${end}`);
        expect(readOf(version)).toEqual(readOf(tag));
        expect(semver.valid(version)).toBe(version);
      }),
    );
  });

  it('whatever else comes in is refused or read, never thrown at', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => typeof parseVersion(text) === 'object'));
  });

  it('order as semver has them: a version’s snapshots by day, its candidates by number, then itself', () => {
    const order = ['1.1.9', 'v1.2.0.snap.20251231', 'v1.2.0.snap.20260101', 'v1.2.0-rc.0', 'v1.2.0-rc.9', 'v1.2.0-rc.10', 'v1.2.0'];
    const versions = order.map((text) => readOf(text).version);
    expect(versions.toReversed().toSorted(semver.compare)).toEqual(versions);
    // A range that begins with a candidate leaves out the snapshots before it.
    expect(semver.satisfies(readOf('v1.2.0.snap.20260101').version, '>=1.2.0-rc.0')).toBe(false);
  });

  it.each([
    ['1.2.0', '1.2.0'],
    ['1.2.0-rc.1', '1.2.0-rc.1'],
    ['1.2.0-0.snap.20260115', '1.2.0-0.snap.20260115 (v1.2.0.snap.20260115)'],
    ['1.2.0-beta.1', '1.2.0-beta.1'],
  ])('%s is shown as %s', (version, words) => expect(versionWords(version)).toBe(words));

  it('of a prerelease of another kind there is no tag', () => expect(tagOf('1.0.0-beta.1')).toBeUndefined());

  it.each([
    ['main@v1.2.0.snap.20260115', 'main@1.2.0-0.snap.20260115'],
    ['main@v1.0.0', 'main@1.0.0'],
    ['main@1.0.0-beta', 'main@1.0.0-beta'],
    ['main', 'main'],
  ])('the unit %s is stored as %s', (id, stored) => expect(storedUnitId(id)).toBe(stored));
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, bucketOf, keyHash, seedOf, thresholdOf } from '#resolver/bucket.ts';
import { compile } from '#resolver/compile.ts';
import { resolve } from '#resolver/resolve.ts';
import { canary, snapshotOf, snapshotRollout } from '../support/fixtures.ts';

const KEYS = 1_000_000;
const keyOf = (index: number): string => `visitor-${index.toString(36)}`;

describe('of 1,000,000 keys', () => {
  const seed = seedOf('a-salt');
  const buckets = Uint32Array.from({ length: KEYS }, (_, index) => bucketOf(keyHash(keyOf(index)), seed));
  const membersAt = (percentage: number): Uint8Array => {
    const threshold = thresholdOf(percentage);
    return Uint8Array.from(buckets, (bucket) => Number(bucket < threshold));
  };

  it.each([
    ['the default steps', [5, 25, 50, 100]],
    ['tiny steps', [0.001, 0.01, 0.1, 0.2, 1]],
    ['almost everyone', [99, 99.9, 99.999, 100]],
    ['neighbouring floats', [33.3, 33.3 + Number.EPSILON * 64, 33.4]],
  ])('nobody leaves when the percentage is raised: %s', (_, percentages) => {
    let before = membersAt(0);
    for (const percentage of percentages) {
      const after = membersAt(percentage);
      expect(before.reduce((left, was, index) => left + Number(was === 1 && after[index] === 0), 0)).toBe(0);
      before = after;
    }
  });

  it.each([
    [0, 0],
    [100, KEYS],
  ])('at %d %% exactly %d are in', (percentage, count) => {
    expect(membersAt(percentage).reduce((sum, member) => sum + member, 0)).toBe(count);
  });

  it.each([0.1, 1, 5, 25, 50])('at %d %% the share is that, within five standard deviations', (percentage) => {
    const share = percentage / 100;
    const count = membersAt(percentage).reduce((sum, member) => sum + member, 0);
    expect(Math.abs(count - KEYS * share)).toBeLessThan(5 * Math.sqrt(KEYS * share * (1 - share)));
  });
});

it('thresholds never fall when percentages grow', () => {
  const percentage = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(percentage, percentage, (a, b) => {
      const [low, high] = a <= b ? [a, b] : [b, a];
      expect(thresholdOf(low)).toBeLessThanOrEqual(thresholdOf(high));
      expect(thresholdOf(high)).toBeLessThanOrEqual(BUCKETS);
    }),
    { numRuns: 10_000 },
  );
});

describe('who is in the arm depends on nothing but key, salt and percentage', () => {
  const membersOf = (snapshot: ReturnType<typeof snapshotOf>): boolean[] => {
    const program = compile(snapshot);
    if ('code' in program) throw new Error(program.detail);
    return Array.from(
      { length: 5_000 },
      (_, index) => resolve(program, { key: keyOf(index), attributes: {} }).exposures[0]!.arm === 'canary',
    );
  };
  const base = membersOf(snapshotOf([snapshotRollout({ percentage: 30 })]));

  it.each([
    ['another unit is rolled out', snapshotOf([snapshotRollout({ percentage: 30, arms: canary({ main: 'main@9.9.9' }) })])],
    [
      'another rollout runs beside it',
      snapshotOf([
        snapshotRollout({ percentage: 30 }),
        snapshotRollout({ id: 'header-1', salt: 'b', arms: canary({ header: 'header@2.0.0' }) }),
      ]),
    ],
    ['the revision is another', snapshotOf([snapshotRollout({ percentage: 30 })], { revision: 99 })],
    ['the step is another', snapshotOf([snapshotRollout({ percentage: 30, step: 3 })])],
  ])('%s', (_, snapshot) => expect(membersOf(snapshot)).toEqual(base));

  it('another salt chooses other visitors', () => {
    const other = membersOf(snapshotOf([snapshotRollout({ percentage: 30, salt: 'another' })]));
    const both = other.filter((member, index) => member && base[index]).length;
    expect(both / 5_000).toBeGreaterThan(0.06);
    expect(both / 5_000).toBeLessThan(0.12); // independent: 9 %
  });
});

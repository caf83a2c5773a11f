import { describe, expect, it } from 'vitest';
import { type Seed, bucketOf, keyHash, seedOf, thresholdOf } from '#resolver/bucket.ts';
import { IS_LONG, KEY_FAMILIES } from '#tests/support/many-keys.ts';
import { seededRandom } from '#tests/support/random.ts';
import { chiSquareP, kolmogorovP, uniformDistance } from '#tests/support/statistics.ts';

/**
 * A share of p % is one: for each salt a chi-square of how many keys are in it against how many should be. Over all salts
 * the p-values must be uniform (Kolmogorov–Smirnov): as many lucky salts as chance has, and neither more nor fewer.
 * Everything is fixed in advance, so what passes once passes always.
 */
const KEYS = IS_LONG ? 1_000_000 : 100_000;
const SALTS = Array.from({ length: IS_LONG ? 200 : 50 }, (_, index) => `salt-${index + 1}`);
const PERCENTAGES = [0.1, 1, 5, 25, 50];
const FAMILIES = Object.entries(KEY_FAMILIES);
/** One in a hundred for all of these tests together (Bonferroni). */
const ALPHA = 0.01 / (PERCENTAGES.length * FAMILIES.length);

type Bucket = (hash: number, seed: Seed) => number;

/** For each salt how many of the keys are in each share. */
function countMembers(hashes: Uint32Array, salts: readonly string[], bucket: Bucket): number[][] {
  const thresholds = PERCENTAGES.map(thresholdOf);
  return salts.map((salt) => {
    const seed = seedOf(salt);
    const counts = thresholds.map(() => 0);
    for (const hash of hashes) {
      const place = bucket(hash, seed);
      for (let index = thresholds.length - 1; index >= 0 && place < thresholds[index]!; index--) counts[index]!++;
    }
    return counts;
  });
}

/** Counts are whole numbers: a seeded half more or less makes of them what p-values need. */
function pValues(counts: readonly number[], keys: number, percentage: number): number[] {
  const random = seededRandom(1);
  const likely = (keys * percentage) / 100;
  const variance = likely * (1 - percentage / 100);
  return counts.map((count) => chiSquareP((count + random() - 0.5 - likely) ** 2 / variance, 1));
}

function uniformity(counts: readonly number[], keys: number, percentage: number): { distance: number; p: number } {
  const distance = uniformDistance(pValues(counts, keys, percentage));
  return { distance, p: kolmogorovP(distance, counts.length) };
}

const hashesOf = (family: string, keys: number): Uint32Array => {
  const keyOf = KEY_FAMILIES[family]!();
  return Uint32Array.from({ length: keys }, (_, index) => keyHash(keyOf(index)));
};

describe.each(FAMILIES)(`%s: of ${KEYS} keys over ${SALTS.length} salts`, (family) => {
  const counts = countMembers(hashesOf(family, KEYS), SALTS, bucketOf);

  it.each(PERCENTAGES.map((percentage, index) => ({ percentage, index })))('$percentage % is that share', ({ percentage, index }) => {
    const ofThis = counts.map((one) => one[index]!);
    const { distance, p } = uniformity(ofThis, KEYS, percentage);
    if (IS_LONG) console.info(`shares: ${family}, ${percentage} %: D = ${distance.toFixed(4)}, p = ${p.toFixed(4)}`);
    expect(p).toBeGreaterThan(ALPHA);
  });
});

describe('the yardstick', () => {
  it.each([
    [3.841_458_82, 1, 0.05],
    [10.827_566_2, 1, 0.001],
    [81, 81, 0.479_097_6],
    [126.082_6, 81, 0.001],
    [0, 5, 1],
  ])('a chi-square of %d with %d degrees of freedom', (statistic, degrees, p) => expect(chiSquareP(statistic, degrees)).toBeCloseTo(p, 4));

  it('a Kolmogorov–Smirnov distance', () => {
    expect(kolmogorovP(1.3581 / Math.sqrt(1_000_000), 1_000_000)).toBeCloseTo(0.05, 3);
    expect(kolmogorovP(1.6276 / Math.sqrt(1_000_000), 1_000_000)).toBeCloseTo(0.01, 3);
    expect(uniformDistance([0.1, 0.5, 0.9])).toBeCloseTo(0.2333, 3);
  });

  it.each<[string, Bucket]>([
    ['no mixing', (hash, { mask }) => (hash ^ mask) >>> 0],
    ['buckets of a hundred', (hash, seed) => Math.floor((bucketOf(hash, seed) / 2 ** 32) * 100) * 43_000_000],
  ])('would find %s', (_, bucket) => {
    const keys = 20_000;
    const counts = countMembers(hashesOf('sequential integers', keys), SALTS.slice(0, 50), bucket);
    const worst = Math.min(
      ...PERCENTAGES.map(
        (percentage, index) =>
          uniformity(
            counts.map((one) => one[index]!),
            keys,
            percentage,
          ).p,
      ),
    );
    expect(worst).toBeLessThan(ALPHA);
  });

  it.each(FAMILIES)('has keys that are all different: %s', (_, makeKeyOf) => {
    const keyOf = makeKeyOf();
    expect(new Set(Array.from({ length: KEYS }, (_, index) => keyOf(index))).size).toBe(KEYS);
  });
});

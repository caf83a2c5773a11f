import { describe, expect, it } from 'vitest';
import { BUCKETS, type Seed, bucketOf, keyHash, mix, seedOf } from '#resolver/bucket.ts';
import { IS_LONG, KEY_FAMILIES } from '#tests/support/many-keys.ts';
import { chiSquareP, kolmogorovP, tableChiSquare, uniformDistance } from '#tests/support/statistics.ts';

/**
 * Who is in one rollout says nothing about who is in another: for every pair of 20 salts a chi-square of where the keys are
 * under the one and under the other. Over all pairs the p-values must be uniform, and none may be beyond chance.
 */
const KEYS = IS_LONG ? 1_000_000 : 100_000;
const SALTS = Array.from({ length: 20 }, (_, index) => `rollout-${index + 1}`);
const PAIRS = SALTS.flatMap((_, first) => SALTS.slice(first + 1).map((_, offset) => [first, first + 1 + offset] as const));
const FAMILIES = Object.keys(KEY_FAMILIES);
/** Places under a salt are told apart to a twentieth of the buckets: the finest that all of the views are made of. */
const PLACES = 20;

/** How the places under two salts are looked at: a table of as many rows, each of so many places. */
const VIEWS: Readonly<Record<string, readonly number[]>> = {
  'two shares of 5 %': [1, 19],
  'two shares of 50 %': [10, 10],
  'ten tenths': Array.from({ length: 10 }, () => 2),
};
/** One in a hundred for all of these tests together (Bonferroni). */
const ALPHA = 0.01 / (FAMILIES.length * Object.keys(VIEWS).length);

type Bucket = (hash: number, seed: Seed) => number;

/** For every pair of salts the number of keys for each pair of places, row by row. */
function countPairs(family: string, bucket: Bucket): Uint32Array[] {
  const keyOf = KEY_FAMILIES[family]!();
  const hashes = Uint32Array.from({ length: KEYS }, (_, index) => keyHash(keyOf(index)));
  const places = SALTS.map((salt) => {
    const seed = seedOf(salt);
    return Uint8Array.from(hashes, (hash) => Math.floor((bucket(hash, seed) * PLACES) / BUCKETS));
  });
  return PAIRS.map(([first, second]) => {
    const counts = new Uint32Array(PLACES * PLACES);
    const [ones, others] = [places[first]!, places[second]!];
    for (let index = 0; index < KEYS; index++) counts[ones[index]! * PLACES + others[index]!]!++;
    return counts;
  });
}

function tableOf(counts: Uint32Array, widths: readonly number[]): number[][] {
  const bandOf = widths.flatMap((width, band) => Array.from({ length: width }, () => band));
  const table = widths.map(() => widths.map(() => 0));
  counts.forEach((count, index) => (table[bandOf[Math.floor(index / PLACES)]!]![bandOf[index % PLACES]!]! += count));
  return table;
}

function judge(pairs: readonly Uint32Array[], view: string): { distance: number; p: number; least: number } {
  const widths = VIEWS[view]!;
  const degrees = (widths.length - 1) ** 2;
  const values = pairs.map((counts) => chiSquareP(tableChiSquare(tableOf(counts, widths)), degrees));
  const distance = uniformDistance(values);
  return { distance, p: kolmogorovP(distance, values.length), least: Math.min(...values) };
}

describe.each(FAMILIES)(`%s: of ${KEYS} keys, every pair of ${SALTS.length} rollouts is independent`, (family) => {
  const pairs = countPairs(family, bucketOf);

  it.each(Object.keys(VIEWS))('%s', (view) => {
    const { distance, p, least } = judge(pairs, view);
    if (IS_LONG) {
      console.info(
        `independence: ${family}, ${view}: D = ${distance.toFixed(4)}, p = ${p.toFixed(4)}, least of ${pairs.length}: ${least.toFixed(5)}`,
      );
    }
    expect(p).toBeGreaterThan(ALPHA);
    expect(least).toBeGreaterThan(ALPHA / pairs.length);
  });
});

it('two salts whose first hashes differ by what the finaliser cannot mix are independent all the same', () => {
  const pairs = SALTS.map((salt) => {
    const seed = seedOf(salt);
    const related = { ...seedOf(`${salt} too`), mask: seed.mask ^ 0x80008000 };
    const counts = new Uint32Array(PLACES * PLACES);
    const keyOf = KEY_FAMILIES.UUIDs!();
    for (let index = 0; index < 20_000; index++) {
      const hash = keyHash(keyOf(index));
      counts[Math.floor((bucketOf(hash, seed) * PLACES) / BUCKETS) * PLACES + Math.floor((bucketOf(hash, related) * PLACES) / BUCKETS)]!++;
    }
    return counts;
  });
  for (const view of Object.keys(VIEWS)) expect(judge(pairs, view).p).toBeGreaterThan(ALPHA);
});

it('would find rollouts that are not: a salt that only shifts the buckets', () => {
  const shifted = countPairs('UUIDs', (hash, { mask }) => (mix(hash, 0, 1) + mask) >>> 0);
  for (const view of Object.keys(VIEWS)) expect(judge(shifted, view).p).toBeLessThan(ALPHA);
});

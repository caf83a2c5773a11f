import { murmur3 } from './murmur3.ts';

/** Buckets are the full range of 32 bits. */
export const BUCKETS = 2 ** 32;

/** The hash of a visitor's key, made once however many rollouts there are. */
export const keyHash = (key: string): number => murmur3(key, 0);

/** What a salt makes of hashes: two numbers of it, so that hardly any two salts are related. */
export type Seed = { readonly mask: number; readonly factor: number };

/** The seed of a layer, of a holdout or of a flag. The factor is odd, so that no two hashes share a bucket. */
export const seedOf = (salt: string): Seed => ({ mask: murmur3(salt, 0), factor: murmur3(salt, 1) | 1 });

/**
 * The visitor's bucket under a seed, 0…2³²−1: murmur3's finaliser over the key's hash, masked and multiplied by the seed. It
 * is a bijection of the hash and depends on nothing else: not on versions, not on other rollouts.
 */
export const bucketOf = (hash: number, { mask, factor }: Seed): number => mix(hash, mask, factor);

/** {@link bucketOf} for those who keep seeds as numbers. */
export function mix(hash: number, mask: number, factor: number): number {
  let mixed = Math.imul(hash ^ mask, factor);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Buckets below this are in a share of `percentage` (0…100): none at 0, all at 100, never fewer when the percentage grows. */
export const thresholdOf = (percentage: number): number => Math.min(BUCKETS, Math.max(0, Math.ceil((percentage / 100) * BUCKETS)));

/** Buckets from `start` up to, and without, `end`. */
export type Interval = { start: number; end: number };

/**
 * Where the arms of a rollout lie in its layer. The rollout owns `range` (percent of the layer); each arm owns a slice of it
 * by weight, in order, and of its slice the first `percentage / (to − from)`. So a share that grows takes in more at each
 * arm's end and lets nobody go, one that shrinks lets the last in out first, and arms never meet.
 */
export function armIntervals(range: { from: number; to: number }, percentage: number, weights: readonly number[]): Interval[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const width = range.to - range.from;
  const filled = width > 0 ? Math.min(1, Math.max(0, percentage / width)) : 0;
  const end = thresholdOf(range.to);
  let before = 0;
  let start = thresholdOf(range.from);
  return weights.map((weight, index) => {
    before += weight;
    const sliceEnd = index === weights.length - 1 ? end : Math.min(end, thresholdOf(range.from + (width * before) / total));
    const interval = { start, end: start + Math.ceil((sliceEnd - start) * filled) };
    start = sliceEnd;
    return interval;
  });
}

import { murmur3 } from './murmur3.ts';

/** Buckets are the full range of the hash. */
export const BUCKETS = 2 ** 32;

/** The hash seed of a salt. */
export const seedOf = (salt: string): number => murmur3(salt, 0);

/** The visitor's bucket under a seed, 0…2³²−1. It depends on nothing else: not on versions, not on other rollouts. */
export const bucketOf = (key: string, seed: number): number => murmur3(key, seed);

/** Buckets below this are in an arm of `percentage` (0…100): none at 0, all at 100, and never fewer when the percentage grows. */
export const thresholdOf = (percentage: number): number => Math.min(BUCKETS, Math.max(0, Math.ceil((percentage / 100) * BUCKETS)));

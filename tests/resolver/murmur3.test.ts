import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import murmurhash from 'murmurhash';
import { expect, it } from 'vitest';
import { bucketOf, seedOf } from '#resolver/bucket.ts';
import { murmur3 } from '#resolver/murmur3.ts';
import type { CaseFile } from '#tests/support/run-cases.ts';

const reference = (key: string, seed: number): number => murmurhash.v3(new TextEncoder().encode(key), seed);

it('agrees with the reference on the UTF-8 bytes of any string, lone surrogates included', () => {
  const anyString = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((codes) => String.fromCharCode(...codes));
  const seed = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(fc.oneof(anyString, fc.uuid(), fc.emailAddress()), seed, (key, seed) => {
      expect(murmur3(key, seed)).toBe(reference(key, seed));
    }),
    { numRuns: 20_000 },
  );
});

it.each(['é', 'e\u0301', '😀', 'a😀b', '👩‍👩‍👧', '한국어', '\ud800', '\udc00', 'a\ud800', '\udc00\ud800', '😀\ud83d'])(
  'agrees with the reference on %j',
  (key) => {
    for (const seed of [0, 1, 0x9747b28c, 0xffffffff]) expect(murmur3(key, seed)).toBe(reference(key, seed));
  },
);

it.each(['murmur3', 'lone-surrogates'])('so do the cases in %s.json', (name) => {
  const { hashes } = JSON.parse(readFileSync(new URL(`../cases/${name}.json`, import.meta.url), 'utf8')) as CaseFile;
  for (const { key, seed, hash } of hashes!) expect(reference(key, seed)).toBe(hash);
});

it('a bucket is a bijection of the hash: no two hashes share one', () => {
  const buckets = new Set(Array.from({ length: 100_000 }, (_, hash) => bucketOf(hash * 42_949, seedOf('a-salt'))));
  expect(buckets.size).toBe(100_000);
});

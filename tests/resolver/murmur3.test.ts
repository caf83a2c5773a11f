import fc from 'fast-check';
import murmurhash from 'murmurhash';
import { expect, it } from 'vitest';
import { murmur3 } from '#resolver/murmur3.ts';

it('agrees with the reference on the UTF-8 bytes of any string, lone surrogates included', () => {
  const anyString = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((codes) => String.fromCharCode(...codes));
  const seed = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(fc.oneof(anyString, fc.uuid(), fc.emailAddress()), seed, (key, seed) => {
      expect(murmur3(key, seed)).toBe(murmurhash.v3(new TextEncoder().encode(key), seed));
    }),
    { numRuns: 20_000 },
  );
});

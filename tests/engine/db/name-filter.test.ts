import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NameFilter } from '#engine/db/health/name-filter.ts';
import { hashOf } from '#engine/db/health/name-hash.ts';

it('nobody who was added is denied, also after it was written down', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 300 }), fc.nat(400), (visitors, expected) => {
      const filter = NameFilter.of(expected); // also when there are more than it was made for
      for (const visitor of visitors) filter.add(hashOf(visitor));
      const again = new NameFilter(Buffer.from(filter.bytes));
      expect(visitors.filter((visitor) => !filter.mayHold(hashOf(visitor)) || !again.mayHold(hashOf(visitor)))).toEqual([]);
    }),
  );
});

it.each([1, 100, 6_000, 400_000])('of %i that it was made for, one newcomer in fifty at most may be there', (count) => {
  const filter = NameFilter.of(count);
  for (let index = 0; index < count; index++) filter.add(hashOf(`visitor-${index}`));
  const vain = Array.from({ length: 20_000 }, (_, index) => filter.mayHold(hashOf(`newcomer-${index}`))).filter(Boolean).length;
  expect(vain / 20_000).toBeLessThan(1 / 50);
});

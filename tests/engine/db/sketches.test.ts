import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Sketches, addPacked, addSketches, packSketches, unpackSketches } from '#engine/db/health/sketches.ts';
import { ORDERED_COMPARISONS } from '#schemas/analysis.ts';

const anyBins = fc
  .uniqueArray(fc.tuple(fc.integer({ min: -400, max: 600 }), fc.integer({ min: 1, max: 2 ** 40 })), {
    selector: ([bin]) => bin,
    maxLength: 40,
  })
  .map((bins) => bins.toSorted(([a], [b]) => a - b));
const anySketches: fc.Arbitrary<Sketches> = fc
  .record(Object.fromEntries(ORDERED_COMPARISONS.map((metric) => [metric, anyBins])), { requiredKeys: [] })
  .map((sketches) => Object.fromEntries(Object.entries(sketches).filter(([, bins]) => bins!.length > 0)));

it('packed sketches are the same when they are unpacked', () => {
  fc.assert(
    fc.property(anySketches, (sketches) => {
      const packed = packSketches(sketches);
      expect(packed === null).toBe(Object.keys(sketches).length === 0);
      expect(unpackSketches(packed)).toEqual(sketches);
    }),
  );
});

it('packed sketches are summed as unpacked ones are', () => {
  fc.assert(
    fc.property(anySketches, anySketches, (a, b) => {
      const [packedA, packedB] = [packSketches(a), packSketches(b)];
      fc.pre(packedA !== null && packedB !== null);
      expect(addPacked(packedA!, packedB!)).toEqual(packSketches(addSketches(a, b)));
    }),
  );
});

it('sums do not depend on order or grouping', () => {
  fc.assert(
    fc.property(anySketches, anySketches, anySketches, (a, b, c) => {
      expect(addSketches(a, addSketches(b, c))).toEqual(addSketches(c, b, a));
    }),
  );
});

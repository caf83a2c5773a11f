import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compile } from '#resolver/compile.ts';
import { anySnapshot, anyVisitor } from '#tests/support/any-snapshot.ts';
import { IS_LONG } from '#tests/support/many-keys.ts';
import { disagreements } from '#tests/support/run-cases.ts';

const [SNAPSHOTS, VISITORS] = IS_LONG ? [2_000, 500] : [200, 100];
const HALF_AN_HOUR = 30 * 60_000;

it(
  `resolve throws for none of ${SNAPSHOTS * VISITORS} visitors of any snapshot, and explain tells the same`,
  () => {
    const many = fc.array(anyVisitor, { minLength: VISITORS, maxLength: VISITORS });
    fc.assert(
      fc.property(anySnapshot, many, (snapshot, visitors) => {
        const program = compile(snapshot, { cacheBytes: 100_000 }); // so few that answers are forgotten and made again
        if ('code' in program) throw new Error(`${program.detail} ${JSON.stringify(program.errors)}`);
        for (const visitor of visitors) expect(disagreements(program, visitor)).toEqual([]);
      }),
      { numRuns: SNAPSHOTS, seed: 20_260_115 },
    );
  },
  HALF_AN_HOUR,
);

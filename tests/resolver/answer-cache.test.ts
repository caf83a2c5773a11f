import { expect, it } from 'vitest';
import { compile } from '#resolver/compile.ts';
import type { Program } from '#resolver/program.ts';
import { resolve } from '#resolver/resolve.ts';
import type { SnapshotRollout } from '#schemas/snapshot.ts';
import { canary, snapshotOf, snapshotRollout, unitOf } from '../support/fixtures.ts';

const BUDGET = 200_000;

/** A program of `count` rollouts at 50 %, each of a building of its own. */
function programOf(count: number, cacheBytes = BUDGET): Program {
  const names = Array.from({ length: count }, (_, index) => `part-${index}`);
  const rollouts = names.map((name): SnapshotRollout => {
    return snapshotRollout({ id: `${name}-new`, salt: name, percentage: 50, arms: canary({ [name]: `${name}@2.0.0` }) });
  });
  const buildings = Object.fromEntries(names.map((name) => [name, { category: 'main' as const, active_unit: `${name}@1.0.0` }]));
  const units = names.flatMap((name) => [unitOf(`${name}@1.0.0`), unitOf(`${name}@2.0.0`)]);
  const program = compile(snapshotOf(rollouts, { buildings, units: Object.fromEntries(units.map((unit) => [unit.id, unit])) }), {
    cacheBytes,
  });
  if ('code' in program) throw new Error(program.detail);
  return program;
}

const visitor = (index: number) => ({ key: `visitor-${index}`, attributes: {} });

it.each([1, 5, 12, 40, 100])('of %d rollouts stays within its bytes, and answers rightly, however many combinations come', (rollouts) => {
  const program = programOf(rollouts);
  const unbounded = programOf(rollouts, 1e9);
  for (let index = 0; index < 3_000; index++) {
    expect(resolve(program, visitor(index)).body).toBe(resolve(unbounded, visitor(index)).body);
    expect(program.cache.bytes).toBeLessThanOrEqual(BUDGET);
  }
});

it('keeps what is asked for again and again while others come and go', () => {
  const program = programOf(12);
  const regular = resolve(program, visitor(0));
  for (let index = 1; index < 3_000; index++) {
    resolve(program, visitor(index));
    expect(resolve(program, visitor(0))).toBe(regular);
  }
});

it('forgets what nobody asks for', () => {
  const program = programOf(12);
  const first = resolve(program, visitor(0));
  for (let index = 1; index < 3_000; index++) resolve(program, visitor(index));
  const again = resolve(program, visitor(0));
  expect(again).not.toBe(first);
  expect(again).toEqual(first);
});

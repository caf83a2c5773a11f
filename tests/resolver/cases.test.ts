import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Explanation } from '#schemas/api.ts';
import { type CaseFile, casesOf } from '#tests/support/run-cases.ts';

const folder = new URL('../cases/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, file: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as CaseFile }));

describe.each(files)('$name', ({ file }) => {
  it.each(casesOf(file))('$name', ({ run }) => expect(run()).toEqual([]));
});

it('there are at least 500 cases', () => {
  expect(files.reduce((sum, { file }) => sum + casesOf(file).length, 0)).toBeGreaterThanOrEqual(500);
});

/** As a record, so that the compiler misses none. */
const REASONS = Object.keys({
  stable: 1,
  rollout: 1,
  variant: 1,
  override: 1,
  'host-route': 1,
  holdout: 1,
  'criteria-not-met': 1,
  prerequisite: 1,
  fallback: 1,
} satisfies Record<Explanation['reason'], 1>).toSorted();

it('they have every reason', () => {
  const visitors = files.flatMap(({ file }) => file.visitors ?? []);
  const told = new Set(visitors.flatMap(({ expect }) => Object.values(expect).map(({ reason }) => reason)));
  expect([...told].toSorted()).toEqual(REASONS);
});

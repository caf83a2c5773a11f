import { seedOf } from './bucket.ts';
import { type CompiledRollout, FIRST_ARM } from './program.ts';
import type { Test } from './criteria.ts';

/**
 * What resolve runs through for every visitor: numbers, and as few tests and branches as there can be. It computes the
 * combination's digits as one number, `key = key · radix + digit`, rollout by rollout; when the number would grow too large
 * the key so far names a node of the cache, and a new one begins.
 */
export type HotPath = {
  /** Rollouts in turn, those that ask the same of a visitor together. */
  groups: HotGroup[];
  /** One row of {@link CELLS} numbers for every arm of every plain rollout. */
  rows: Int32Array;
  /** How many keys the first level has. */
  rootSize: number;
};

export type HotGroup = {
  /** What visitors must pass; undefined: nothing. Who fails has the digit 0 in every rollout of the group. */
  test: Test | undefined;
  /** The group's cells in the rows. */
  from: number;
  to: number;
  /** The product of its radices. */
  scale: number;
  /** A rollout that needs more than the rows can say, alone in its group. */
  special: CompiledRollout | undefined;
  opensLevel: boolean;
};

/** A row's cells, by their place. */
export const MASK = 0;
export const FACTOR = 1;
export const START = 2;
/** How many buckets come after the first. */
export const MORE = 3;
/** What being in the arm adds to `REST`; nothing for an empty arm. */
export const GAIN = 4;
/** The radix in the rollout's first row, and 1 in the others. */
export const RADIX = 5;
/** The digit of those outside of every arm in the first row, and 0 in the others. */
export const REST = 6;
export const CELLS = 7;

/** Of the first level, which is an array. */
const MAX_ROOT = 4096;
/** Of the others, so that keys stay small integers on every platform. */
const MAX_LEVEL = 2 ** 30;

export function planHotPath(rollouts: readonly CompiledRollout[]): HotPath {
  const groups: HotGroup[] = [];
  const rows: number[] = [];
  let space = 1;
  let rootSize = 1;
  let isFirstLevel = true;
  for (const rollout of rollouts) {
    const opensLevel: boolean = space * rollout.radix > (isFirstLevel ? MAX_ROOT : MAX_LEVEL);
    isFirstLevel &&= !opensLevel;
    const before = groups.at(-1);
    const joins = before !== undefined && !opensLevel && rollout.isPlain && before.special === undefined && before.test === rollout.test;
    const special = rollout.isPlain ? undefined : rollout;
    const group = joins ? before : { test: rollout.test, from: rows.length, to: 0, scale: 1, special, opensLevel };
    if (!joins) groups.push(group);
    if (rollout.isPlain) rows.push(...rowsOf(rollout));
    group.to = rows.length;
    group.scale *= rollout.radix;
    if (isFirstLevel) rootSize *= rollout.radix;
    space = opensLevel ? rollout.radix : space * rollout.radix;
  }
  return { groups, rows: Int32Array.from(rows), rootSize };
}

function rowsOf({ arms, rest, radix, source }: CompiledRollout): number[] {
  const { mask, factor } = seedOf(source.salt);
  return arms.flatMap(({ start, end }, index) => [
    mask,
    factor,
    start,
    end - start - 1,
    end > start ? FIRST_ARM + index - rest : 0,
    index === 0 ? radix : 1,
    index === 0 ? rest : 0,
  ]);
}

/** The combination as the keys of the cache's levels. */
export function keysOf({ groups }: HotPath, rollouts: readonly CompiledRollout[], digits: readonly number[]): number[] {
  const keys = [0];
  let index = 0;
  for (const { scale, opensLevel } of groups) {
    if (opensLevel) keys.push(0);
    for (let product = 1; product < scale; index++) {
      const { radix } = rollouts[index]!;
      keys[keys.length - 1] = keys.at(-1)! * radix + digits[index]!;
      product *= radix;
    }
  }
  return keys;
}

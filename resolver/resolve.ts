import type { CacheNode } from './answer-cache.ts';
import { bucketOf, keyHash, mix } from './bucket.ts';
import { type CompiledRollout, FIRST_ARM, INELIGIBLE, type Layer, type Program } from './program.ts';
import { CELLS, FACTOR, GAIN, MASK, MORE, RADIX, REST, START, keysOf } from './hot-path.ts';
import { type Answer, makeAnswer } from './make-answer.ts';
import type { Visitor } from './visitor.ts';

/** The answer for the visitor. Total: it never throws, whatever the visitor. Nothing is allocated for a combination that is known. */
export function resolve(program: Program, visitor: Visitor): Answer {
  if ((program.hasExceptions || visitor.host !== undefined) && isException(program, visitor)) return resolveAnew(program, visitor);
  const { groups, rows } = program.hotPath;
  const hash = keyHash(visitor.key);
  let node: CacheNode | undefined;
  let key = 0;
  for (let index = 0; index < groups.length; index++) {
    const { test, special, scale, from, to, opensLevel } = groups[index]!;
    if (opensLevel) {
      node = (node === undefined ? program.cache.root[key] : node.get(key)) as CacheNode | undefined;
      if (node === undefined) return resolveAnew(program, visitor);
      key = 0;
    }
    if (special !== undefined) {
      key = key * scale + digitInLayer(program, special, visitor);
    } else if (test !== undefined && !test(visitor)) {
      key *= scale;
    } else {
      // What digitOf does, in 32-bit arithmetic without a branch: no processor can guess where a bucket lies.
      let bucket = 0;
      for (let at = from; at < to; at += CELLS) {
        const radix = rows[at + RADIX]!;
        if (radix !== 1) bucket = mix(hash, rows[at + MASK]!, rows[at + FACTOR]!) | 0; // else a further arm of the same rollout
        const offset = (bucket - rows[at + START]!) | 0;
        const more = rows[at + MORE]!;
        // Hacker's Delight, 2-12: the top bit says whether more < offset, both unsigned.
        const isPast = ((~more & offset) | ((~more | offset) & (more - offset))) >>> 31;
        key = (Math.imul(key, radix) + rows[at + REST]! + (rows[at + GAIN]! & (isPast - 1))) | 0;
      }
    }
  }
  const answer = (node === undefined ? program.cache.root[key] : node.get(key)) as Answer | undefined;
  return answer ?? resolveAnew(program, visitor);
}

const isException = (program: Program, visitor: Visitor): boolean => overrideOf(program, visitor) !== 0 || isHeldOut(program, visitor);

/** The bucket of whoever has nothing to be bucketed by. */
const NO_BUCKET = -1;

export const isHeldOut = ({ holdout }: Program, visitor: Visitor): boolean =>
  holdout !== undefined && bucketOf(keyHash(visitor.key), holdout.seed) < holdout.threshold;

/**
 * Index, counted from 1, of the override that the visitor is under; 0: none. A preview that they asked for by its code comes
 * first, then the route of the host where they ask.
 */
export function overrideOf(program: Program, visitor: Visitor): number {
  const { overrides, namedOverrides, overrideByKey, overrideByPreview, overrideByHost } = program;
  const preview = visitor.preview === undefined ? undefined : overrideByPreview.get(visitor.preview);
  if (preview !== undefined) return preview;
  const route = visitor.host === undefined ? undefined : overrideByHost.get(visitor.host);
  if (route !== undefined) return route;
  const listed = overrideByKey.get(visitor.key) ?? 0;
  const before = listed === 0 ? namedOverrides : listed - 1;
  for (let index = 0; index < before; index++) {
    const { inSegments } = overrides[index]!;
    if (inSegments !== undefined && inSegments(visitor)) return index + 1;
  }
  return listed;
}

/** Where the visitor stands towards one rollout, others in its layer aside. A release set has one digit: all of it, or none. */
export function digitOf(rollout: CompiledRollout, bucket: number, visitor: Visitor): number {
  if (bucket === NO_BUCKET || (rollout.test !== undefined && !rollout.test(visitor))) return INELIGIBLE;
  const { arms } = rollout;
  if (rollout.stickyKey !== undefined) {
    const kept = keptArm(rollout, visitor);
    if (kept >= 0) return FIRST_ARM + kept;
  }
  for (let index = 0; index < arms.length; index++) {
    const arm = arms[index]!;
    if (bucket >= arm.start && bucket < arm.end) return FIRST_ARM + index;
  }
  return rollout.rest;
}

/** Index of the arm that the visitor keeps, −1: none that still exists. */
function keptArm({ stickyKey, arms }: CompiledRollout, { sticky }: Visitor): number {
  if (sticky === undefined || !Object.hasOwn(sticky, stickyKey!)) return -1;
  return arms.findIndex((arm) => arm.name === sticky[stickyKey!]);
}

/** The rollout of a shared layer that gives the visitor an arm: one that they keep, else the one whose arm has their bucket. */
function takerOf(layer: Layer, bucket: number, visitor: Visitor): CompiledRollout | undefined {
  let taker: CompiledRollout | undefined;
  for (const rollout of layer.rollouts) {
    if (digitOf(rollout, bucket, visitor) < FIRST_ARM) continue;
    if (rollout.stickyKey !== undefined && keptArm(rollout, visitor) >= 0) return rollout;
    taker ??= rollout;
  }
  return taker;
}

/** The digit of a rollout beside the others of its layer: whoever is given an arm by one is in no control of another. */
function digitInLayer(program: Program, rollout: CompiledRollout, visitor: Visitor): number {
  const layer = program.layers.find(({ rollouts }) => rollouts.includes(rollout))!;
  const bucket = bucketIn(layer, visitor);
  const taker = layer.rollouts.length > 1 ? takerOf(layer, bucket, visitor) : undefined;
  return taker === undefined || taker === rollout ? digitOf(rollout, bucket, visitor) : INELIGIBLE;
}

/** One digit for each rollout, in the order of the program's. */
export function digitsOf(program: Program, visitor: Visitor): number[] {
  if (isHeldOut(program, visitor)) return program.rollouts.map(() => INELIGIBLE);
  const excludes = program.overrides[overrideOf(program, visitor) - 1]?.excludes;
  return program.rollouts.map((rollout) => (excludes?.has(rollout) ? INELIGIBLE : digitInLayer(program, rollout, visitor)));
}

/** The visitor's bucket in the layer, negative: none. */
export function bucketIn(layer: Layer, visitor: Visitor): number {
  const key = layer.bucketKey === undefined ? visitor.key : layer.bucketKey(visitor);
  return key === undefined ? NO_BUCKET : bucketOf(keyHash(key), layer.seed);
}

function resolveAnew(program: Program, visitor: Visitor): Answer {
  const override = overrideOf(program, visitor);
  const digits = digitsOf(program, visitor);
  const keys = keysOf(program.hotPath, program.rollouts, digits);
  return program.cache.findOrMake(override, keys, () => makeAnswer(program, override, digits));
}

import type { CacheNode } from './answer-cache.ts';
import { bucketOf, keyHash } from './bucket.ts';
import { type CompiledRollout, FIRST_ARM, INELIGIBLE, type Layer, type Program } from './compile.ts';
import { type Answer, makeAnswer } from './make-answer.ts';
import type { Visitor } from './visitor.ts';

/** The answer for the visitor. Total: it never throws, whatever the visitor. Nothing is allocated for a combination that is known. */
export function resolve(program: Program, visitor: Visitor): Answer {
  const hash = program.hashesKey ? keyHash(visitor.key) : 0;
  const override = program.overrides.length === 0 ? 0 : overrideOf(program, visitor);
  const held = program.holdout !== undefined && isHeldOut(program, hash);
  let node: CacheNode | undefined = program.cache.young;
  let key = override;
  for (const layer of program.layers) {
    const { rollouts } = layer;
    const bucket = held ? NO_BUCKET : layer.bucketKey === undefined ? bucketOf(hash, layer.seed) : otherBucket(layer, visitor);
    const taker = rollouts.length === 1 ? undefined : takerOf(layer, bucket, visitor);
    for (const rollout of rollouts) {
      if (rollout.opensLevel) {
        node = node.get(key) as CacheNode | undefined;
        if (node === undefined) return resolveAnew(program, visitor);
        key = 0;
      }
      let digit = digitOf(rollout, bucket, visitor);
      if (taker !== undefined && taker !== rollout) digit = INELIGIBLE;
      if (override !== 0 && program.overrides[override - 1]!.excludes.has(rollout)) digit = INELIGIBLE;
      key = key * rollout.radix + digit;
    }
  }
  return (node.get(key) as Answer | undefined) ?? resolveAnew(program, visitor);
}

/** The bucket of whoever is not to be in any arm, nor in a control. */
const NO_BUCKET = -1;

export const isHeldOut = ({ holdout }: Program, hash: number): boolean =>
  holdout !== undefined && bucketOf(hash, holdout.seed) < holdout.threshold;

/** The bucket by something else than the visitor's key. */
function otherBucket(layer: Layer, visitor: Visitor): number {
  const key = layer.bucketKey!(visitor);
  return key === undefined ? NO_BUCKET : bucketOf(keyHash(key), layer.seed);
}

/** Index, counted from 1, of the override that the visitor is under; 0: none. A preview that they asked for comes first. */
export function overrideOf(program: Program, visitor: Visitor): number {
  const { overrides, overrideByKey, overrideByPreview } = program;
  const preview = visitor.preview === undefined ? undefined : overrideByPreview.get(visitor.preview);
  if (preview !== undefined) return preview;
  const listed = overrideByKey.get(visitor.key) ?? 0;
  const before = listed === 0 ? overrides.length : listed - 1;
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

/** One digit for each rollout, in the order of the program's. */
export function digitsOf(program: Program, visitor: Visitor): number[] {
  const hash = program.hashesKey ? keyHash(visitor.key) : 0;
  const held = isHeldOut(program, hash);
  const excludes = program.overrides[overrideOf(program, visitor) - 1]?.excludes;
  return program.layers.flatMap((layer) => {
    const bucket = held ? NO_BUCKET : bucketIn(layer, visitor);
    const taker = takerOf(layer, bucket, visitor);
    return layer.rollouts.map((rollout) =>
      (taker !== undefined && taker !== rollout) || excludes?.has(rollout) ? INELIGIBLE : digitOf(rollout, bucket, visitor),
    );
  });
}

/** The visitor's bucket in the layer, negative: none. */
export const bucketIn = (layer: Layer, visitor: Visitor): number =>
  layer.bucketKey === undefined ? bucketOf(keyHash(visitor.key), layer.seed) : otherBucket(layer, visitor);

function resolveAnew(program: Program, visitor: Visitor): Answer {
  const override = overrideOf(program, visitor);
  const digits = digitsOf(program, visitor);
  return program.cache.findOrMake(keysOf(program, override, digits), () => makeAnswer(program, override, digits));
}

/** The combination as the keys of the cache's levels. */
function keysOf(program: Program, override: number, digits: readonly number[]): number[] {
  const keys = [override];
  program.rollouts.forEach((rollout, index) => {
    if (rollout.opensLevel) keys.push(0);
    keys[keys.length - 1] = keys.at(-1)! * rollout.radix + digits[index]!;
  });
  return keys;
}

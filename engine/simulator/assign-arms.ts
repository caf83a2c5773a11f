import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import { bucketOf } from '#resolver/bucket.ts';
import { compile } from '#resolver/compile.ts';
import { CONTROL, FIRST_ARM } from '#resolver/program.ts';
import { digitOf } from '#resolver/resolve.ts';
import type { Visitor } from '#resolver/visitor.ts';
import type { Document } from '#schemas/document.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Snapshot } from '#schemas/snapshot.ts';

/** The arm of a visitor (and the hash of their key); undefined: the rollout does not concern them. */
export type AssignArm = (visitor: Visitor, hash: number) => string | undefined;

const ANYBODY: Rollout['criteria'] = { user_segments: [], geo_regions: [], feature_flags: [], custom_rules: [] };

/**
 * The snapshot that the edge would have. Only visitors who match the criteria are simulated, so that nobody is asked; they
 * are bucketed by their key, whatever real ones are bucketed by.
 */
export function simulatedSnapshot(document: Document): Snapshot {
  const snapshot = toSnapshot(document, 1, 0);
  return { ...snapshot, rollouts: snapshot.rollouts.map((rollout) => ({ ...rollout, criteria: ANYBODY, bucket_by: 'visitor' })) };
}

/** Who is given what by the resolver, as the document stands. A visitor's key is hashed once, not for every answer. */
export function assignArms(document: Document, rolloutId: string, control: string): AssignArm {
  const program = compile(simulatedSnapshot(document));
  if ('code' in program) throw new Error(program.detail);
  const rollout = program.rollouts.find(({ source }) => source.id === rolloutId);
  const layer = program.layers.find(({ rollouts }) => rollouts.some(({ source }) => source.id === rolloutId));
  if (!rollout || !layer) return () => undefined;
  return (visitor, hash) => {
    const digit = digitOf(rollout, bucketOf(hash, layer.seed), visitor);
    return digit >= FIRST_ARM ? rollout.arms[digit - FIRST_ARM]!.name : digit === CONTROL ? control : undefined;
  };
}

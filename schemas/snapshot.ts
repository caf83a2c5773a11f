import { Name, Percentage, Timestamp, UnitId } from './common.ts';
import { DocumentBuilding, namedThings } from './document.ts';
import { DeployedRelease } from './release.ts';
import { BucketBy, LayerRange, RolloutCriteria, RolloutStrategy, WHOLE_LAYER } from './rollout.ts';
import { Unit } from './unit.ts';
import { z } from './zod.ts';

/** One side of a rollout: what its visitors get, and how large it is beside the others. Without units it is stable. */
export const SnapshotArm = z.strictObject({
  name: Name,
  weight: z.number().positive().max(1_000_000),
  units: z.record(Name, UnitId).meta({ description: 'For each building: the unit that this arm gets.' }),
});
export type SnapshotArm = z.infer<typeof SnapshotArm>;

export const SnapshotRollout = z.strictObject({
  id: Name,
  strategy: RolloutStrategy,
  salt: z.string().min(1).max(64).meta({ description: 'The layer. Rollouts of one layer own ranges that do not meet.' }),
  range: LayerRange.default(WHOLE_LAYER).meta({ description: 'What of the layer the rollout owns; its share grows inside it.' }),
  bucket_by: BucketBy.default('visitor'),
  sticky: z.boolean().default(false).meta({ description: 'A visitor who was given an arm keeps it when weights change.' }),
  step: z.int().nonnegative(),
  period: z.int().nonnegative().default(0).meta({ description: 'What exposures and reports of now belong to.' }),
  analysis_segments: z.array(Name).max(10).default([]).meta({ description: 'Segments that are told with exposures and reports.' }),
  percentage: Percentage.meta({ description: 'The share of the layer that is given an arm now.' }),
  duration: z.number().positive(),
  arms: z.array(SnapshotArm).min(1).max(20),
  criteria: RolloutCriteria,
});
export type SnapshotRollout = z.infer<typeof SnapshotRollout>;

/** What the edge needs of one revision. */
export const Snapshot = z
  .strictObject({
    format: z.literal(2),
    apartment: Name,
    environment: Name,
    revision: z.int().positive(),
    issued_at: Timestamp,
    buildings: z.record(Name, DocumentBuilding),
    units: z.record(UnitId, Unit),
    rollouts: z.array(SnapshotRollout),
    ...namedThings,
    release: DeployedRelease.optional(),
  })
  .meta({ id: 'Snapshot' });
export type Snapshot = z.infer<typeof Snapshot>;

/** A snapshot on its way: the exact text that was signed, and the Ed25519 signature over its UTF-8 bytes. */
export const SignedSnapshot = z
  .strictObject({
    payload: z.string().min(2),
    key_id: z.string().min(1).max(64),
    signature: z.base64url().max(128),
  })
  .meta({ id: 'SignedSnapshot' });
export type SignedSnapshot = z.infer<typeof SignedSnapshot>;

import { Name, Percentage, Timestamp, UnitId } from './common.ts';
import { DocumentBuilding, Flag, Segment } from './document.ts';
import { RolloutCriteria, RolloutStrategy } from './rollout.ts';
import { Unit } from './unit.ts';
import { z } from './zod.ts';

export const SnapshotRollout = z.strictObject({
  id: Name,
  strategy: RolloutStrategy,
  salt: z.string().min(1).max(64),
  step: z.int().nonnegative(),
  percentage: Percentage,
  duration: z.number().positive(),
  targets: z.record(Name, UnitId).meta({ description: 'For each building: the unit that the new arm gets.' }),
  criteria: RolloutCriteria,
});
export type SnapshotRollout = z.infer<typeof SnapshotRollout>;

/** What the edge needs of one revision. */
export const Snapshot = z
  .strictObject({
    format: z.literal(1),
    apartment: Name,
    environment: Name,
    revision: z.int().positive(),
    issued_at: Timestamp,
    buildings: z.record(Name, DocumentBuilding),
    units: z.record(UnitId, Unit),
    rollouts: z.array(SnapshotRollout),
    segments: z.record(Name, Segment),
    flags: z.record(Name, Flag),
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

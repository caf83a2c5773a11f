import { type Document, Flag } from '#schemas/document.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Snapshot, SnapshotArm, SnapshotRollout } from '#schemas/snapshot.ts';
import { rangeOf } from './place-in-layer.ts';
import { currentStep, liveRollouts } from './rollout-state.ts';
import { CANARY_ARM, currentPeriod } from './shares.ts';

/**
 * What the edge needs of a document: stable units, live rollouts and what they refer to. `at` is the revision's time. What a
 * document from before some feature does not say gets its default.
 */
export function toSnapshot(document: Document, revision: number, at: number): Snapshot {
  const { apartment, environment, buildings, units, segments, flags, groups = {}, overrides = {}, holdout } = document;
  return {
    format: 2,
    apartment,
    environment,
    revision,
    issued_at: at,
    buildings,
    units,
    rollouts: liveRollouts(document).map(snapshotRollout),
    segments,
    flags: Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, Flag.parse(flag)])),
    groups,
    overrides,
    ...(holdout ? { holdout } : {}),
  };
}

function snapshotRollout(rollout: Rollout): SnapshotRollout {
  const { percentage, duration } = currentStep(rollout);
  const { id, strategy, salt, bucket_by: bucketBy = 'visitor', step, criteria } = rollout;
  const range = rangeOf(rollout);
  const analysis_segments = rollout.analysis?.segments ?? [];
  const period = currentPeriod(rollout);
  const arms = armsOf(rollout);
  return {
    id,
    strategy,
    salt,
    range,
    bucket_by: bucketBy,
    sticky: false,
    step,
    period,
    analysis_segments,
    percentage,
    duration,
    arms,
    criteria,
  };
}

function armsOf({ targets }: Rollout): SnapshotArm[] {
  const units = Object.fromEntries(Object.entries(targets).map(([building, { to }]) => [building, to]));
  return [{ name: CANARY_ARM, weight: 1, units }];
}

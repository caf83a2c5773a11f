import { type Document, Flag } from '#schemas/document.ts';
import { criteriaAt, currentStep, NOBODY_ASKED } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Snapshot, SnapshotRollout } from '#schemas/snapshot.ts';
import { armsOf } from './experiment.ts';
import { exceptionalUnits } from './keep-document.ts';
import { rangeOf } from './place-in-layer.ts';
import { liveRollouts, unitsOf, waitingRollouts } from './rollout-state.ts';
import { currentPeriod } from './shares.ts';

/**
 * What the edge needs of a document: stable units, live rollouts and what they refer to. `at` is the revision's time. What a
 * document from before some feature does not say gets its default.
 */
export function toSnapshot(document: Document, revision: number, at: number): Snapshot {
  const {
    apartment,
    environment,
    buildings,
    segments,
    flags,
    groups = {},
    overrides = {},
    holdout,
    release,
    host_routes: routes = {},
  } = document;
  return {
    format: 2,
    apartment,
    environment,
    revision,
    issued_at: at,
    buildings,
    units: unitsGiven(document),
    rollouts: liveRollouts(document).map(snapshotRollout),
    segments,
    flags: Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, Flag.parse(flag)])),
    groups,
    overrides,
    ...(holdout ? { holdout } : {}),
    // Left out where there is none: an edge from before there were any takes the rest.
    ...(Object.keys(routes).length > 0 ? { host_routes: routes } : {}),
    ...(release ? { release } : {}),
  };
}

/**
 * The snapshot with each rollout as wide as its steps make it by themselves: one that goes on to everyone asks nothing of
 * visitors. What could be given to somebody by this could be given at some time without another decision of anybody.
 */
export function widestSnapshot(document: Document, revision: number, at: number): Snapshot {
  const snapshot = toSnapshot(document, revision, at);
  const widens = ({ id }: SnapshotRollout): boolean => document.rollouts[id]!.steps.some(({ everyone }) => everyone);
  const rollouts = snapshot.rollouts.map((rollout) => (widens(rollout) ? { ...rollout, criteria: NOBODY_ASKED } : rollout));
  return { ...snapshot, rollouts };
}

/** What a rollout that waits will give is nobody's yet. */
function unitsGiven(document: Document): Document['units'] {
  const { units, buildings } = document;
  const planned = new Set(waitingRollouts(document).flatMap(unitsOf));
  if (planned.size === 0) return units;
  for (const { active_unit: id } of Object.values(buildings)) planned.delete(id);
  for (const id of [...exceptionalUnits(document), ...liveRollouts(document).flatMap(unitsOf)]) planned.delete(id);
  return Object.fromEntries(Object.entries(units).filter(([id]) => !planned.has(id)));
}

function snapshotRollout(rollout: Rollout): SnapshotRollout {
  const { percentage, duration } = currentStep(rollout);
  const { id, strategy, salt, bucket_by: bucketBy = 'visitor', step } = rollout;
  return {
    id,
    strategy,
    salt,
    range: rangeOf(rollout),
    bucket_by: bucketBy,
    sticky: rollout.experiment?.sticky ?? false,
    step,
    period: currentPeriod(rollout),
    analysis_segments: rollout.analysis?.segments ?? [],
    percentage,
    duration,
    arms: armsOf(rollout),
    criteria: criteriaAt(rollout),
  };
}

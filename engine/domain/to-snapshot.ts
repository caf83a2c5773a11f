import type { Document } from '#schemas/document.ts';
import type { Snapshot } from '#schemas/snapshot.ts';
import { currentStep, liveRollouts } from './rollout-state.ts';

/** What the edge needs of a document: stable units, live rollouts and what they refer to. `at` is the revision's time. */
export function toSnapshot(document: Document, revision: number, at: number): Snapshot {
  const { apartment, environment, buildings, units, segments, flags } = document;
  const rollouts = liveRollouts(document).map((rollout) => {
    const { percentage, duration } = currentStep(rollout);
    const targets = Object.fromEntries(Object.entries(rollout.targets).map(([building, { to }]) => [building, to]));
    return {
      id: rollout.id,
      strategy: rollout.strategy,
      salt: rollout.salt,
      step: rollout.step,
      percentage,
      duration,
      targets,
      criteria: rollout.criteria,
    };
  });
  return { format: 1, apartment, environment, revision, issued_at: at, buildings, units, rollouts, segments, flags };
}

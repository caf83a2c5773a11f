import type { Document } from '#schemas/document.ts';
import type { Rollout, RolloutConfig, RolloutCriteria, RolloutStep } from '#schemas/rollout.ts';

export const MS_PER_MINUTE = 60_000;

/** A live rollout still decides what visitors get. */
export const isLive = (rollout: Rollout): boolean => rollout.state === 'running' || rollout.state === 'paused';

export const liveRollouts = (document: Document): Rollout[] => Object.values(document.rollouts).filter(isLive);

/** The step that the rollout stands at. */
export function currentStep(rollout: Rollout): RolloutStep {
  const step = rollout.steps[rollout.step];
  if (!step) throw new Error(`rollout ${rollout.id} stands at step ${rollout.step} of ${rollout.steps.length}`);
  return step;
}

export const isLastStep = (rollout: Rollout): boolean => rollout.step === rollout.steps.length - 1;

/** When the current step's time is up, in epoch ms; null while paused or ended, when no time runs. */
export function stepEndsAt(rollout: Rollout): number | null {
  return rollout.state === 'running' ? rollout.step_started_at + currentStep(rollout).duration * MS_PER_MINUTE : null;
}

export const asksForSomebody = (criteria: RolloutCriteria): boolean =>
  criteria.user_segments.length + criteria.geo_regions.length + criteria.feature_flags.length + criteria.custom_rules.length > 0;

/** The rollout in the words of the manifest: an ended one has the share that it ended with, 100 or 0. */
export function rolloutConfig(rollout: Rollout): RolloutConfig {
  const step = currentStep(rollout);
  const percentage = isLive(rollout) ? step.percentage : rollout.state === 'completed' ? 100 : 0;
  return { strategy: rollout.strategy, percentage, duration: step.duration, criteria: rollout.criteria, monitoring: rollout.monitoring };
}

/** "main 1.0.0 → 1.1.0, header 1.0.0 → 2.0.0" */
export function describeTargets(rollout: Rollout): string {
  return Object.values(rollout.targets)
    .map(({ from, to }) => `${from.replace('@', ' ')} → ${to.slice(to.indexOf('@') + 1)}`)
    .join(', ');
}

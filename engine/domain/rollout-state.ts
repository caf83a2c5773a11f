import type { Document } from '#schemas/document.ts';
import type { Rollout, RolloutConfig, RolloutCriteria, RolloutStep } from '#schemas/rollout.ts';

export const MS_PER_MINUTE = 60_000;

/** A live rollout decides what visitors get. */
export const isLive = (rollout: Rollout): boolean => rollout.state === 'running' || rollout.state === 'paused';

/** A rollout that waits has a plan and nothing else: no visitor, no share, no place in a layer. */
export const isWaiting = (rollout: Rollout): boolean => rollout.state === 'scheduled' || rollout.state === 'awaiting-approval';

export const hasEnded = (rollout: Rollout): boolean => !isLive(rollout) && !isWaiting(rollout);

export const liveRollouts = (document: Document): Rollout[] => Object.values(document.rollouts).filter(isLive);

export const waitingRollouts = (document: Document): Rollout[] => Object.values(document.rollouts).filter(isWaiting);

/** The step that the rollout stands at. */
export function currentStep(rollout: Rollout): RolloutStep {
  const step = rollout.steps[rollout.step];
  if (!step) throw new Error(`rollout ${rollout.id} stands at step ${rollout.step} of ${rollout.steps.length}`);
  return step;
}

export const isLastStep = (rollout: Rollout): boolean => rollout.step === rollout.steps.length - 1;

/** When the current step's time is up, in epoch ms; null while no time runs. */
export function stepEndsAt(rollout: Rollout): number | null {
  return rollout.state === 'running' ? rollout.step_started_at + currentStep(rollout).duration * MS_PER_MINUTE : null;
}

export const NOBODY_ASKED: RolloutCriteria = { user_segments: [], geo_regions: [], feature_flags: [], custom_rules: [] };

/** What the rollout asks of visitors at its current step. */
export const criteriaNow = (rollout: Rollout): RolloutCriteria => (currentStep(rollout).everyone ? NOBODY_ASKED : rollout.criteria);

export const asksForSomebody = (criteria: RolloutCriteria): boolean =>
  criteria.user_segments.length + criteria.geo_regions.length + criteria.feature_flags.length + criteria.custom_rules.length > 0;

/**
 * What ends the current step: its gate, or the test's winner. To hand the unit to those who never matched, or to many more at once, is
 * a decision that no health of a few supports: a last step that leads there waits for a person.
 */
export function gateOf(rollout: Rollout): RolloutStep['gate'] | 'test' {
  const { gate, percentage } = currentStep(rollout);
  if (!isLastStep(rollout)) return gate;
  if (rollout.experiment) return 'test';
  return percentage < 100 || asksForSomebody(criteriaNow(rollout)) ? 'manual' : gate;
}

/** From when on outcomes are evidence, in epoch ms: since it began, or since it began anew. */
export const evidenceSince = (rollout: Rollout): number => rollout.restarted?.at ?? rollout.started_at;

/** The rollout in the words of the manifest: an ended one has the share that it ended with, 100 or 0. */
export function rolloutConfig(rollout: Rollout): RolloutConfig {
  const step = currentStep(rollout);
  const percentage = isLive(rollout) ? step.percentage : rollout.state === 'completed' ? 100 : 0;
  return {
    strategy: rollout.strategy,
    percentage,
    duration: step.duration,
    criteria: criteriaNow(rollout),
    monitoring: rollout.monitoring,
  };
}

/** Every unit that some visitor can be given by the rollout. */
export function unitsOf({ targets, experiment }: Rollout): string[] {
  if (experiment) return experiment.variants.flatMap(({ units }) => Object.values(units));
  return Object.values(targets).map(({ to }) => to);
}

/** "main 1.0.0 → 1.1.0, header 1.0.0 → 2.0.0"; of an A/B test under way "green main@1.1.0, blue main@1.2.0" */
export function describeTargets(rollout: Rollout): string {
  if (rollout.experiment && rollout.promoted === undefined) {
    return rollout.experiment.variants.map(({ name, units }) => `${name} ${Object.values(units).join(' ') || 'stable'}`).join(', ');
  }
  return Object.values(rollout.targets)
    .map(({ from, to }) =>
      from === to ? `${from.replace('@', ' ')} stays` : `${from.replace('@', ' ')} → ${to.slice(to.indexOf('@') + 1)}`,
    )
    .join(', ');
}

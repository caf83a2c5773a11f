import type { Document } from '#schemas/document.ts';
import { FINISHED_ROLLOUTS_KEPT } from '#schemas/limits.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import { criteriaAt, currentStep, isLive, isWaiting } from '#schemas/rollout-reading.ts';
import type { Rollout, RolloutConfig } from '#schemas/rollout.ts';

export const MS_PER_MINUTE = 60_000;

export const liveRollouts = (document: Document): Rollout[] => Object.values(document.rollouts).filter(isLive);

export const waitingRollouts = (document: Document): Rollout[] => Object.values(document.rollouts).filter(isWaiting);

/** When the current step's time is up, in epoch ms; null while no time runs. */
export function stepEndsAt(rollout: Rollout): number | null {
  return rollout.state === 'running' ? rollout.step_started_at + currentStep(rollout).duration * MS_PER_MINUTE : null;
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
    criteria: criteriaAt(rollout),
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

/** The refusal of a rollout that the document does not know: it may have ended long ago, and then the chain still has it. */
export const noSuchRollout = ({ apartment, environment }: { apartment: string; environment: string }, id: string): Problem =>
  problem(
    'not-found',
    `There is no rollout ${id} in ${apartment}/${environment}. Of those that have ended, only the newest ${FINISHED_ROLLOUTS_KEPT} are kept at hand; "concierge rollout replay ${id}" and "concierge history" still have older ones.`,
  );

import type { Rollout, RolloutCriteria, RolloutState, RolloutStep } from '#schemas/rollout.ts';
import { formatPercent, listWords } from './format.ts';

/** Rollouts in the words of people. */

export const isLive = ({ state }: Rollout): boolean => state === 'running' || state === 'paused';

/** One that waits gives nobody anything yet. */
export const isWaiting = ({ state }: Rollout): boolean => state === 'scheduled' || state === 'awaiting-approval';

export const hasEnded = (rollout: Rollout): boolean => !isLive(rollout) && !isWaiting(rollout);

export const STATE_WORDS: Record<RolloutState, string> = {
  scheduled: 'Scheduled',
  'awaiting-approval': 'Needs approval',
  running: 'Running',
  paused: 'Paused',
  completed: 'Completed',
  'rolled-back': 'Rolled back',
  aborted: 'Aborted',
};

export const currentStep = (rollout: Rollout): RolloutStep => rollout.steps[rollout.step]!;

/** `main@1.1.0` → `main 1.1.0` */
export const unitWords = (id: string): string => id.replace('@', ' ');
export const versionOf = (id: string): string => id.slice(id.indexOf('@') + 1);

export const unitsOf = (rollout: Rollout, side: 'from' | 'to'): string[] =>
  Object.values(rollout.targets).map((target) => unitWords(target[side]));
export const newUnits = (rollout: Rollout): string => listWords(unitsOf(rollout, 'to'));
export const oldUnits = (rollout: Rollout): string => listWords(unitsOf(rollout, 'from'));

/** The title of a rollout: `main 1.0.0 → 1.1.0`. */
export const targetsWords = (rollout: Rollout): string =>
  Object.values(rollout.targets)
    .map(({ from, to }) => `${unitWords(from)} → ${from.split('@')[0] === to.split('@')[0] ? versionOf(to) : unitWords(to)}`)
    .join(', ');

/** Whom the shares are shares of. */
export function audienceWords(criteria: RolloutCriteria): string {
  const asks = [
    criteria.geo_regions.length > 0 && `in ${criteria.geo_regions.join(' or ')}`,
    criteria.user_segments.length > 0 && `in segment ${criteria.user_segments.join(' or ')}`,
    criteria.feature_flags.length > 0 && `with flag ${criteria.feature_flags.join(' and ')} on`,
    criteria.custom_rules.length > 0 &&
      `matching ${criteria.custom_rules.length === 1 ? 'a rule' : `${criteria.custom_rules.length} rules`}`,
  ].filter((part) => part !== false);
  return asks.length === 0 ? 'visitors' : `visitors ${asks.join(' and ')}`;
}

export const shareWords = (rollout: Rollout, percentage: number): string =>
  `${formatPercent(percentage)} of ${audienceWords(rollout.criteria)}`;

export const asksForSomebody = (criteria: RolloutCriteria): boolean => audienceWords(criteria) !== 'visitors';

/** What ends the step. The engine lets nobody but a person hand the unit to visitors who never matched. */
export function gateWords(rollout: Rollout, index: number): string {
  const last = index === rollout.steps.length - 1;
  const gate = last && asksForSomebody(rollout.criteria) ? 'manual' : rollout.steps[index]!.gate;
  const next = last ? 'Completes' : 'Moves on';
  if (gate === 'manual') return 'Waits for a person to promote it.';
  return gate === 'auto' ? `${next} when the time is up, unless unhealthy.` : `${next} when the time is up, only if healthy.`;
}

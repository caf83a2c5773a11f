import type { Rollout, RolloutCriteria } from '#schemas/rollout.ts';

/** Rollouts in the words of people, the same words as on the admin page. */

/** Whom the shares are shares of. */
export function audienceWords(criteria: RolloutCriteria): string {
  const { geo_regions: countries, user_segments: segments, feature_flags: flags, custom_rules: rules } = criteria;
  const asks = [
    countries.length > 0 && `in ${countries.join(' or ')}`,
    segments.length > 0 && `in segment ${segments.join(' or ')}`,
    flags.length > 0 && `with flag ${flags.join(' and ')} on`,
    rules.length > 0 && `matching ${rules.length === 1 ? 'a rule' : `${rules.length} rules`}`,
  ].filter((part) => part !== false);
  return asks.length === 0 ? 'visitors' : `visitors ${asks.join(' and ')}`;
}

export const asksForSomebody = (criteria: RolloutCriteria): boolean => audienceWords(criteria) !== 'visitors';

/** Whom the current step asks for: nobody in particular, once criteria were dropped. */
const NOBODY: RolloutCriteria = { user_segments: [], geo_regions: [], feature_flags: [], custom_rules: [] };
export const criteriaNow = ({ steps, step, criteria }: Rollout): RolloutCriteria => (steps[step]!.everyone ? NOBODY : criteria);

/** What ends the current step. The engine lets nobody but a person hand the unit to visitors who never matched, or to many more at once. */
export function gateOf(rollout: Rollout): 'auto' | 'manual' | 'analysis' | 'test' {
  const { steps, step, experiment } = rollout;
  const isLast = step === steps.length - 1;
  if (isLast && experiment) return 'test';
  return isLast && (asksForSomebody(criteriaNow(rollout)) || steps[step]!.percentage < 100) ? 'manual' : steps[step]!.gate;
}

export const isLive = ({ state }: Rollout): boolean => state === 'running' || state === 'paused';
export const isWaiting = ({ state }: Rollout): boolean => state === 'scheduled' || state === 'awaiting-approval';

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

/** What ends the current step. The engine lets nobody but a person hand the unit to visitors who never matched. */
export function gateOf({ steps, step, criteria }: Rollout): 'auto' | 'manual' | 'analysis' {
  return step === steps.length - 1 && asksForSomebody(criteria) ? 'manual' : steps[step]!.gate;
}

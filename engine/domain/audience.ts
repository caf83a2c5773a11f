import type { RolloutCriteria } from '#schemas/rollout.ts';

/** Whom a share is a share of: "visitors", "KR", "KR or JP in segment pro with flag new-nav on". */
export function audienceOf({
  geo_regions: countries,
  user_segments: segments,
  feature_flags: flags,
  custom_rules: rules,
}: RolloutCriteria): string {
  const parts = [
    countries.length > 0 ? countries.join(' or ') : 'visitors',
    segments.length > 0 && `in segment ${segments.join(' or ')}`,
    flags.length > 0 && `with flag ${flags.join(' and ')} on`,
    rules.length > 0 && `matching ${rules.length === 1 ? 'a rule' : `${rules.length} rules`}`,
  ];
  return parts.filter((part) => part !== false).join(' ');
}

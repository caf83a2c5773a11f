import type { Rollout, RolloutCriteria, RolloutStep } from './rollout.ts';

/** What a rollout's fields mean together: the engine acts by it, the command line and the admin UI show it. */

/** A live rollout decides what visitors get. */
export const isLive = ({ state }: Rollout): boolean => state === 'running' || state === 'paused';

/** A rollout that waits has a plan and nothing else: no visitor, no share, no place in a layer. */
export const isWaiting = ({ state }: Rollout): boolean => state === 'scheduled' || state === 'awaiting-approval';

export const hasEnded = (rollout: Rollout): boolean => !isLive(rollout) && !isWaiting(rollout);

/** Whether any visitor was ever given it. */
export const hasBegun = ({ periods }: Rollout): boolean => periods !== undefined;

/** Why it was asked for, where its state tells something else by now. */
export const askedBecause = ({ reason, state_reason: latest }: Rollout): string | undefined => (reason === latest ? undefined : reason);

/** Ended without its units: it was at fault, or was not, or never ran. */
export const isTakenBack = ({ state }: Pick<Rollout, 'state'>): boolean => state === 'rolled-back' || state === 'aborted';

/** The step that the rollout stands at. */
export function currentStep(rollout: Rollout): RolloutStep {
  const step = rollout.steps[rollout.step];
  if (!step) throw new Error(`rollout ${rollout.id} stands at step ${rollout.step} of ${rollout.steps.length}`);
  return step;
}

export const isLastStep = (rollout: Rollout): boolean => rollout.step === rollout.steps.length - 1;

export const NOBODY_ASKED: RolloutCriteria = { user_segments: [], geo_regions: [], feature_flags: [], custom_rules: [] };

/** What the rollout asks of visitors at a step, at its current one if none is given; at some everybody is meant. */
export const criteriaAt = (rollout: Rollout, step = currentStep(rollout)): RolloutCriteria =>
  step.everyone ? NOBODY_ASKED : rollout.criteria;

export const asksForSomebody = (criteria: RolloutCriteria): boolean =>
  criteria.user_segments.length + criteria.geo_regions.length + criteria.feature_flags.length + criteria.custom_rules.length > 0;

/**
 * What ends a step: its gate, or the test's winner. To hand the unit to those who never matched, or to many more at once, is
 * a decision that no health of a few supports: a last step that leads there waits for a person.
 */
export function gateOf(rollout: Rollout, index = rollout.step): RolloutStep['gate'] | 'test' {
  const step = rollout.steps[index]!;
  if (index !== rollout.steps.length - 1) return step.gate;
  if (rollout.experiment) return 'test';
  return step.percentage < 100 || asksForSomebody(criteriaAt(rollout, step)) ? 'manual' : step.gate;
}

/** Whom the shares are shares of: `visitors`, `visitors in KR or JP with flag beta on`. */
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

/** What is an arm's of a share (percent) that all arms divide by their weights. */
export const partOf = (share: number, { weight }: { weight: number }, arms: readonly { weight: number }[]): number =>
  (share * weight) / arms.reduce((sum, arm) => sum + arm.weight, 0);

import type { Rollout, RolloutCriteria, RolloutState, RolloutStep } from '#schemas/rollout.ts';
import { idWords } from '#schemas/version-tag.ts';
import { formatPercent, listWords } from './format.ts';

/** Rollouts in the words of people. */

/** A live rollout decides what visitors get. */
export const isLive = ({ state }: Rollout): boolean => state === 'running' || state === 'paused';

/** It was asked for, and decides nothing yet. */
export const isWaiting = ({ state }: Rollout): boolean => state === 'scheduled' || state === 'awaiting-approval';

export const isUnderWay = (rollout: Rollout): boolean => isLive(rollout) || isWaiting(rollout);

export const STATE_WORDS: Record<RolloutState, string> = {
  scheduled: 'Scheduled',
  'awaiting-approval': 'Awaits approval',
  running: 'Running',
  paused: 'Paused',
  completed: 'Completed',
  'rolled-back': 'Rolled back',
  aborted: 'Aborted',
};

export const STRATEGY_WORDS: Record<Rollout['strategy'], string> = {
  immediate: 'immediate',
  gradual: 'gradual',
  canary: 'canary',
  ab_test: 'A/B test',
};

export const currentStep = (rollout: Rollout): RolloutStep => rollout.steps[rollout.step]!;
export const isLastStep = (rollout: Rollout): boolean => rollout.step === rollout.steps.length - 1;

/** `main@1.1.0` → `main 1.1.0` */
export const unitWords = (id: string): string => idWords(id).replace('@', ' ');
export const versionOf = (id: string): string => id.slice(id.indexOf('@') + 1);

/** Whether it is an A/B test that no variant has come out of yet. */
const isOpenTest = ({ experiment, promoted }: Rollout): boolean => experiment !== undefined && promoted === undefined;

export const unitsOf = (rollout: Rollout, side: 'from' | 'to'): string[] =>
  Object.values(rollout.targets).map((target) => unitWords(target[side]));
export const oldUnits = (rollout: Rollout): string => listWords(unitsOf(rollout, 'from'));

/** What those who are in it get; of an A/B test whose end is open, its variants. */
export const newUnits = (rollout: Rollout): string =>
  isOpenTest(rollout) ? `a variant (${listWords(variantNames(rollout))})` : listWords(unitsOf(rollout, 'to'));

export const variantNames = ({ experiment }: Rollout): string[] => experiment?.variants.map(({ name }) => name) ?? [];

/** The units that an arm gives: what is stable, where it names none of its own. */
export function armUnits(rollout: Rollout, arm: string): string[] {
  const variant = rollout.experiment?.variants.find(({ name }) => name === arm);
  if (variant) return Object.entries(rollout.targets).map(([building, { from }]) => unitWords(variant.units[building] ?? from));
  return unitsOf(rollout, arm === 'control' ? 'from' : 'to');
}

/** The title of a rollout: `main 1.0.0 → 1.1.0`; of an A/B test under way `main 1.0.0: control, b`. */
export const targetsWords = (rollout: Rollout): string =>
  isOpenTest(rollout)
    ? `${oldUnits(rollout)}: ${variantNames(rollout).join(', ')}`
    : Object.values(rollout.targets)
        .map(({ from, to }) => {
          if (from === to) return `${unitWords(from)} stays`;
          return `${unitWords(from)} → ${from.split('@')[0] === to.split('@')[0] ? versionOf(to) : unitWords(to)}`;
        })
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

const ANYBODY: RolloutCriteria = { user_segments: [], geo_regions: [], feature_flags: [], custom_rules: [] };

/** What is asked of visitors at a step; at some everybody is meant. */
export const criteriaAt = (rollout: Rollout, step = currentStep(rollout)): RolloutCriteria => (step.everyone ? ANYBODY : rollout.criteria);

/** `25 % of visitors in KR` */
export const shareWords = (rollout: Rollout, step = currentStep(rollout)): string =>
  `${formatPercent(step.percentage)} of ${audienceWords(criteriaAt(rollout, step))}`;

export const asksForSomebody = (criteria: RolloutCriteria): boolean => audienceWords(criteria) !== 'visitors';

/** Who may promote it past a step. */
export const ROLE_WORDS = { operator: 'an operator', admin: 'an administrator' } as const;

import { audienceWords, criteriaAt, currentStep, isLive, isWaiting } from '#schemas/rollout-reading.ts';
import type { Rollout, RolloutState } from '#schemas/rollout.ts';
import { idWords } from '#schemas/version-tag.ts';
import { formatPercent, listWords } from './format.ts';

/** Rollouts in the words of people. */

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

/** `25 % of visitors in KR` */
export const shareWords = (rollout: Rollout, step = currentStep(rollout)): string =>
  `${formatPercent(step.percentage)} of ${audienceWords(criteriaAt(rollout, step))}`;

/** Who may promote it past a step. */
export const ROLE_WORDS = { operator: 'an operator', admin: 'an administrator' } as const;

import { currentStep, partOf } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';

/** The arm that a rollout of one new unit in each building has, and the arm of those who could have been given it and were not. */
export const CANARY_ARM = 'canary';
export const CONTROL_ARM = 'control';

export type Arm = { name: string; weight: number; units: Record<string, string> };

/** The arms that visitors are given. Those who are given none are the control of any rollout but an A/B test. */
export function armsOf({ targets, experiment }: Rollout): Arm[] {
  if (experiment) return experiment.variants;
  return [{ name: CANARY_ARM, weight: 1, units: Object.fromEntries(Object.entries(targets).map(([building, { to }]) => [building, to])) }];
}

/** The arm that all others are compared with: of an A/B test its first variant without units, else its first one. */
export function controlOf({ experiment }: Pick<Rollout, 'experiment'>): string {
  if (!experiment) return CONTROL_ARM;
  const stable = experiment.variants.find(({ units }) => Object.keys(units).length === 0);
  return (stable ?? experiment.variants[0]!).name;
}

/** Every arm that outcomes can be told of, the control included. */
export const armNamesOf = (rollout: Rollout): string[] => [...new Set([...armsOf(rollout).map(({ name }) => name), controlOf(rollout)])];

/** The percentage of the matching visitors who are in the arm at the rollout's current step. */
export const shareOfArm = (rollout: Rollout, arm: Arm): number => partOf(currentStep(rollout).percentage, arm, armsOf(rollout));

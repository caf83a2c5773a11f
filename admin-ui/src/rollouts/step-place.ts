import { isWaiting } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';

export type StepPlace = 'done' | 'current' | 'ahead' | 'skipped';

/** Where a step stands in the life of its rollout. */
export function stepPlace(rollout: Rollout, index: number): StepPlace {
  if (isWaiting(rollout)) return 'ahead';
  const hasEnded = rollout.ended_at !== undefined;
  if (index === rollout.step) return hasEnded ? 'done' : 'current';
  return index < rollout.step ? 'done' : hasEnded ? 'skipped' : 'ahead';
}

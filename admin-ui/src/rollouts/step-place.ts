import { hasBegun, hasEnded, isLastStep, isWaiting } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';

export type StepPlace = 'done' | 'current' | 'ended' | 'ahead' | 'skipped';

/** Where a step stands in the life of its rollout. */
export function stepPlace(rollout: Rollout, index: number): StepPlace {
  if (isWaiting(rollout)) return 'ahead';
  const isOver = hasEnded(rollout);
  if (isOver && !hasBegun(rollout)) return 'skipped';
  if (index < rollout.step) return 'done';
  if (index > rollout.step) return isOver ? 'skipped' : 'ahead';
  if (!isOver) return 'current';
  return rollout.state === 'completed' && isLastStep(rollout) ? 'done' : 'ended';
}

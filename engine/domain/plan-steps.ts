import { asksForSomebody } from '#schemas/rollout-reading.ts';
import type { Ramp, RolloutPlan, RolloutStep } from '#schemas/rollout.ts';

const DEFAULT_SHARES: Record<RolloutPlan['strategy'], number[]> = {
  immediate: [100],
  gradual: [5, 25, 50, 100],
  canary: [5],
  ab_test: [100],
};

/** The steps that a plan means. An immediate move is watched for its duration, but does not wait for traffic to prove it. */
export function planSteps(plan: RolloutPlan): RolloutStep[] {
  const gate = plan.strategy === 'immediate' ? 'auto' : 'analysis';
  const shares = plan.steps ?? (plan.ramp ? rampShares(plan.ramp) : DEFAULT_SHARES[plan.strategy]);
  const steps = shares.map((step): RolloutStep =>
    typeof step === 'number' ? { percentage: step, duration: plan.duration, gate } : { ...step, gate: step.gate ?? gate },
  );
  return [...steps, ...stepsAfterCanary(plan, steps.at(-1)!.percentage)];
}

/** From the first share to the last in equal parts, to two decimals. */
function rampShares({ from, to, steps }: Ramp): number[] {
  return Array.from({ length: steps }, (_, index) => Math.round(100 * (from + ((to - from) * index) / (steps - 1))) / 100);
}

/**
 * A canary that goes on by itself goes on for everyone: its criteria are dropped. Nobody who was given it loses it, so a share
 * for everyone is not smaller than the canary's was; the first may be the same, now of all visitors.
 */
function stepsAfterCanary({ follow_up: followUp, criteria, duration }: RolloutPlan, reached: number): RolloutStep[] {
  if (followUp === 'wait') return [];
  const widens = asksForSomebody(criteria);
  const shares = followUp === 'everyone' ? [100] : [...new Set([reached, ...DEFAULT_SHARES.gradual])];
  return shares
    .filter((share) => share > reached || (widens && share === reached))
    .map((percentage) => ({ percentage, duration, gate: 'analysis' as const, ...(widens ? { everyone: true } : {}) }));
}

import type { RolloutPlan, RolloutStep } from '#schemas/rollout.ts';

const DEFAULT_SHARES: Record<RolloutPlan['strategy'], number[]> = {
  immediate: [100],
  gradual: [5, 25, 50, 100],
  canary: [5],
  ab_test: [50],
};

/** The steps that a plan means. An immediate move is watched for its duration, but does not wait for traffic to prove it. */
export function planSteps(plan: RolloutPlan): RolloutStep[] {
  const gate = plan.strategy === 'immediate' ? 'auto' : 'analysis';
  return (plan.steps ?? DEFAULT_SHARES[plan.strategy]).map((step) =>
    typeof step === 'number' ? { percentage: step, duration: plan.duration, gate } : step,
  );
}

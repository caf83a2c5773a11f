import type { ExperimentPlan } from '#schemas/experiment.ts';
import { Analysis } from '#schemas/analysis.ts';
import type { Rollout, RolloutPlan } from '#schemas/rollout.ts';

/** The plan that the rollout was carried out by, as it stood at its end, to be started now. */
export function planOfRollout(rollout: Rollout, reason: string | undefined): RolloutPlan {
  const experiment = experimentPlan(rollout);
  return {
    units: experiment ? [] : Object.values(rollout.targets).map(({ to }) => to),
    strategy: rollout.strategy,
    steps: rollout.steps,
    duration: rollout.steps[0]!.duration,
    follow_up: 'wait',
    criteria: rollout.criteria,
    bucket_by: rollout.bucket_by ?? 'visitor',
    ...(experiment ? { experiment } : {}),
    monitoring: rollout.monitoring,
    analysis: rollout.analysis ?? Analysis.parse({}),
    ...(rollout.progress_deadline === undefined ? {} : { progress_deadline: rollout.progress_deadline }),
    on_deadline: rollout.on_deadline ?? 'pause',
    after: [],
    approvals: rollout.approvals_needed ?? 0,
    override_freeze: false,
    reason: reason ?? `Tries ${rollout.id} again.`,
  };
}

function experimentPlan({ experiment }: Rollout): ExperimentPlan | undefined {
  if (!experiment) return undefined;
  return { ...experiment, variants: experiment.variants.map((variant) => ({ ...variant, units: Object.values(variant.units) })) };
}

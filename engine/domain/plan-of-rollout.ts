import type { ExperimentPlan } from '#schemas/experiment.ts';
import { Analysis } from '#schemas/analysis.ts';
import type { Document } from '#schemas/document.ts';
import type { Rollout, RolloutPlan } from '#schemas/rollout.ts';

/**
 * The plan that the rollout was carried out by, as it stood at its end, to be started at `now` (epoch ms) or at its time, if that
 * is yet to come. It depends on the same rollouts, or on what they were retried as.
 */
export function planOfRollout(document: Document, rollout: Rollout, now: number, reason: string | undefined): RolloutPlan {
  const experiment = experimentPlan(rollout);
  const { start_at: startAt = 0 } = rollout;
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
    ...(startAt > now ? { start_at: startAt } : {}),
    after: (rollout.after ?? []).map((id) => latestTry(document, id)),
    approvals: rollout.approvals_needed ?? 0,
    override_freeze: false,
    reason: reason ?? `Tries ${rollout.id} again.`,
  };
}

function latestTry(document: Document, id: string): string {
  const retried = Object.values(document.rollouts).findLast((one) => one.retry_of === id);
  return retried ? latestTry(document, retried.id) : id;
}

function experimentPlan({ experiment }: Rollout): ExperimentPlan | undefined {
  if (!experiment) return undefined;
  return { ...experiment, variants: experiment.variants.map((variant) => ({ ...variant, units: Object.values(variant.units) })) };
}

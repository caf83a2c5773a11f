import type { ArmHealth, ComparisonState, HealthState, NetworkSpread } from '#schemas/health.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { ComparedState, MetricState, Observation } from '#schemas/verdict.ts';
import { controlOf } from '../experiment.ts';
import { periodsOf } from '../shares.ts';
import { NO_HEALTH, addHealth } from './arm-health.ts';
import { inIncident } from './calm-minutes.ts';
import { beginningOf } from './compared-rollout.ts';
import { noHealthState } from './fold-health.ts';

/** Everything that judging the rollout now (epoch ms) needs, of what was folded, and nothing else. */
export function observationOf(
  state: HealthState | null,
  rollout: Rollout,
  metrics: readonly MetricState[],
  now: number,
  networks?: Record<string, NetworkSpread>,
): Observation {
  const { health, overall, segments, calm } = state ?? noHealthState();
  const since = beginningOf(rollout).period;
  const periods = periodsOf(rollout)
    .map((period, number) => ({ period: number, ...period }))
    .filter(({ period }) => period >= since);
  const isInStep = new Set(periods.filter(({ step }) => step === rollout.step).map(({ period }) => period));
  return {
    at: now,
    step: rollout.step,
    step_started_at: rollout.step_started_at,
    started_at: beginningOf(rollout).at,
    control: controlOf(rollout),
    // A rollout from before there were periods has all its health in the first.
    arms: sumOf(health.filter(({ period }) => isInStep.has(period) || periods.length === 0)),
    periods,
    overall: comparedOf(overall),
    segments: Object.fromEntries(Object.entries(segments).map(([name, segment]) => [name, comparedOf(segment)])),
    ...(inIncident(calm) && { incident: true }),
    ...(calm.incidents.length > 0 && { after_incident: true }),
    metrics: [...metrics],
    ...(networks && { networks }),
  };
}

function sumOf(health: HealthState['health']): Record<string, ArmHealth> {
  const sums: Record<string, ArmHealth> = {};
  for (const { arms } of health) for (const arm of Object.keys(arms)) addHealth((sums[arm] ??= { ...NO_HEALTH }), arms[arm]!);
  return sums;
}

const comparedOf = ({ periods, ranks }: ComparisonState): ComparedState => ({
  periods,
  ranks: Object.fromEntries(Object.entries(ranks).map(([metric, { arms }]) => [metric, arms])),
});

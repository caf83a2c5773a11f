import type { PeriodTrials, Trial } from '#schemas/health.ts';
import type { ComparedState, Observation } from '#schemas/verdict.ts';
import { type Concentration, concentrationOf } from './concentration.ts';

/** What would be seen without the failures that come from few networks; null when there are none. Counts may be fractions. */
export function excuseConcentrated(observation: Observation): { excused: Observation; found: [arm: string, Concentration][] } | null {
  const found: [string, Concentration][] = [];
  let excused = observation;
  for (const [arm, spread] of Object.entries(observation.networks ?? {})) {
    const concentration = arm === observation.control ? null : concentrationOf(spread);
    if (!concentration) continue;
    found.push([arm, concentration]);
    excused = without(excused, arm, concentration);
  }
  return found.length > 0 ? { excused, found } : null;
}

function without(observation: Observation, arm: string, { failed, ofFailed }: Concentration): Observation {
  const kept = 1 - Math.min(1, failed / ofFailed);
  const errors = firstFailures(observation.overall, arm);
  const silent = sum(observation.overall, arm, (trial) => trial.silent[0]!);
  // Failures beyond those that were reported are visitors of whom nothing was heard.
  const ofSilence = silent > 0 ? Math.min(1, Math.max(0, ofFailed - errors) / silent) : 0;
  const scale = (trial: Trial): Trial => ({
    ...trial,
    failed: trial.failed.map((count) => count * kept),
    silent: trial.silent.map((count) => count * (1 - (1 - kept) * ofSilence)),
    calm_failed: trial.calm_failed * kept,
  });
  const health = observation.arms[arm];
  return {
    ...observation,
    arms: health ? { ...observation.arms, [arm]: { ...health, failed_visitors: health.failed_visitors * kept } } : observation.arms,
    overall: scaled(observation.overall, arm, scale),
    segments: Object.fromEntries(Object.entries(observation.segments).map(([name, segment]) => [name, scaled(segment, arm, scale)])),
  };
}

const scaled = (state: ComparedState, arm: string, scale: (trial: Trial) => Trial): ComparedState => ({
  ...state,
  periods: state.periods.map(({ period, arms }): PeriodTrials => ({
    period,
    arms: arms[arm] ? { ...arms, [arm]: scale(arms[arm]) } : arms,
  })),
});

const firstFailures = (state: ComparedState, arm: string): number => sum(state, arm, (trial) => trial.failed[0]!);

const sum = ({ periods }: ComparedState, arm: string, pick: (trial: Trial) => number): number =>
  periods.reduce((total, { arms }) => total + (arms[arm] ? pick(arms[arm]) : 0), 0);

import type { Analysis, Comparison } from '#schemas/analysis.ts';
import type { Trial } from '#schemas/health.ts';
import type { ComparisonEvidence, Evidence, Observation } from '#schemas/verdict.ts';
import { type ArmComparison, type MetricEvidence, thresholdOf } from './compare-arm.ts';
import type { Stratum } from './label-odds.ts';
import { fromLog } from './log-mixture.ts';
import { type Promotion, isRuledOut } from './promotion.ts';
import { relativeRisk, riskInterval } from './relative-risk.ts';
import { type Pair, strataOf, totals } from './strata.ts';

/** What is counted of a comparison: errors, silence, slow visitors. Of web vitals there are only ranks. */
const OUTCOMES: Partial<Record<Comparison, (trial: Trial) => number>> = {
  errors: (trial) => trial.failed[0]!,
  silence: (trial) => trial.silent[0]!,
  latency: (trial) => trial.slow[0]!,
};

/** The outcomes of a comparison by share; none of those that only know ranks. */
export function outcomesOf(
  observation: Observation,
  pair: Pair,
  { metric, segment }: Pick<MetricEvidence, 'metric' | 'segment'>,
): Stratum[] {
  const count = OUTCOMES[metric];
  const compared = segment === undefined ? observation.overall : observation.segments[segment];
  return count && compared ? strataOf(compared, pair, count) : [];
}

/** The log of the evidence that an arm and its control are not shared as planned. */
export type Ratio = { pair: Pair; log: number };

/** The numbers of everything that was compared, for people to look at. */
export function evidenceOf(
  observation: Observation,
  analysis: Analysis,
  pairs: readonly Pair[],
  comparisons: readonly ArmComparison[],
  promotions: readonly Promotion[],
  ratios: readonly Ratio[],
): Evidence {
  const arms = Math.max(1, comparisons.length);
  const rows = comparisons.flatMap(({ arm, metrics }, index) =>
    metrics.map((evidence): ComparisonEvidence => {
      const { metric, segment, log } = evidence;
      const outcomes = outcomesOf(observation, pairs[index]!, evidence);
      const { arm: samples, control } = totals(outcomes);
      const promotion = segment === undefined ? promotions.find((one) => one.arm === arm && one.metric === metric) : undefined;
      return {
        arm,
        metric,
        ...(segment !== undefined && { segment }),
        samples,
        control_samples: control,
        e_value: fromLog(log),
        relative_risk: relativeRisk(outcomes),
        interval: riskInterval(outcomes, analysis.alpha),
        excluded_risk: promotion?.risk ?? null,
        excluded: promotion ? progressOf(promotion) : null,
        samples_needed: promotion?.visitors ?? null,
      };
    }),
  );
  return {
    e_value: fromLog(Math.max(...comparisons.map(({ log }) => log), -Infinity)),
    threshold: thresholdOf(observation, arms, analysis),
    comparisons: rows,
    sample_ratio_e_value: fromLog(Math.max(...ratios.map(({ log }) => log), -Infinity)),
    sample_ratio_threshold: arms / analysis.sample_ratio_alpha,
  };
}

/** 1 only when it is ruled out. */
function progressOf(promotion: Promotion): number {
  if (isRuledOut(promotion)) return 1;
  return Math.min(0.99, Math.max(0, promotion.log / promotion.needed));
}

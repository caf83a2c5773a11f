import { type Analysis, type Comparison, ORDERED_COMPARISONS } from '#schemas/analysis.ts';
import type { ComparedState, Observation } from '#schemas/verdict.ts';
import { logMixture } from './log-mixture.ts';
import { RANK_WEIGHTS, noRankEvidence } from './rank-bets.ts';
import { type Pair, strataOf } from './strata.ts';
import { logTrialEvidence } from './trial-evidence.ts';
import { WINDOW_WEIGHTS } from './windows.ts';

/** How much each comparison weighs beside the others that are asked for. */
const WEIGHTS: Record<Comparison, number> = { errors: 0.45, silence: 0.1, latency: 0.45, lcp: 0.45, inp: 0.45, cls: 0.45 };
/** What all visitors weigh where segments are compared as well; the segments share the rest. */
const OVERALL = 0.8;

/** The log of the evidence by one metric, of all visitors or of those of a segment. */
export type MetricEvidence = { metric: Comparison; segment?: string; log: number };

/** How an arm compares with its control; `log` of all evidence together. */
export type ArmComparison = { arm: string; log: number; metrics: MetricEvidence[] };

/**
 * Compares an arm with its control: the weighted mean of the evidence of all metrics, windows and segments. The mean of
 * martingales is one, so together they reach 1/α with a chance of at most α when the arm is no worse.
 */
export function compareArm(observation: Observation, analysis: Analysis, pair: Pair): ArmComparison {
  const total = analysis.compare.reduce((sum, metric) => sum + WEIGHTS[metric], 0);
  const metrics: MetricEvidence[] = [];
  const weights: number[] = [];
  const segments = analysis.segments.filter((name) => Object.hasOwn(observation.segments, name));
  const add = (compared: ComparedState, weight: number, segment?: string): void => {
    for (const metric of analysis.compare) {
      const log = logEvidence(compared, metric, pair, analysis.margin);
      metrics.push(segment === undefined ? { metric, log } : { metric, segment, log });
      weights.push((weight * WEIGHTS[metric]) / total);
    }
  };
  add(observation.overall, segments.length > 0 ? OVERALL : 1);
  for (const name of segments) add(observation.segments[name]!, (1 - OVERALL) / segments.length, name);
  const logs = metrics.map(({ log }) => log);
  return { arm: pair.arm, log: metrics.length > 0 ? logMixture(logs, weights) : 0, metrics };
}

function logEvidence(compared: ComparedState, metric: Comparison, pair: Pair, margin: number): number {
  if (isOrdered(metric)) {
    // An arm that tells no times at all is not slow: that it is silent, or fails to load, is told by what counts those.
    if (metric === 'latency' && !strataOf(compared, pair, ({ timed }) => timed[0]!).some(({ arm }) => arm > 0)) return 0;
    const ofMetric = compared.ranks[metric] ?? {};
    return logRankEvidence(Object.hasOwn(ofMetric, pair.arm) ? ofMetric[pair.arm]! : noRankEvidence());
  }
  const logs = WINDOW_WEIGHTS.map((_, window) =>
    logTrialEvidence(
      strataOf(compared, pair, (trial) => (metric === 'errors' ? trial.failed : trial.silent)[window]!),
      margin,
    ),
  );
  return logMixture(logs, WINDOW_WEIGHTS);
}

const logRankEvidence = (windows: readonly (readonly number[])[]): number =>
  logMixture(
    windows.map((components) => logMixture(components, RANK_WEIGHTS)),
    WINDOW_WEIGHTS,
  );

const ORDERED: ReadonlySet<Comparison> = new Set(ORDERED_COMPARISONS);
const isOrdered = (metric: Comparison): metric is (typeof ORDERED_COMPARISONS)[number] => ORDERED.has(metric);

/** In a flood of errors that hits all arms chance alone goes further in less time, so that the same `alpha` is used up sooner. */
const AFTER_INCIDENT = 2;

/** The evidence at which an arm of so many is taken to be worse: after an incident on all arms, twice what it is otherwise. */
export const thresholdOf = ({ after_incident: isAfter }: Observation, arms: number, { alpha }: Analysis): number =>
  (arms / alpha) * (isAfter ? AFTER_INCIDENT : 1);

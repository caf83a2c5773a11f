import type { Comparison } from '#schemas/analysis.ts';
import { counted } from '#schemas/counted.ts';
import type { Observation } from '#schemas/verdict.ts';
import type { ArmComparison } from './evidence/compare-arm.ts';
import type { Concentration } from './evidence/concentration.ts';
import { outcomesOf } from './evidence/evidence-of.ts';
import type { Stratum } from './evidence/label-odds.ts';
import { fromLog } from './evidence/log-mixture.ts';
import type { Promotion } from './evidence/promotion.ts';
import { HIGHEST_RISK, relativeRisk } from './evidence/relative-risk.ts';
import { type Pair, strataOf, totals } from './evidence/strata.ts';
import { formatEvidence, formatNumber } from './say-number.ts';

/** What was found, in words for whoever owns the product. */

/** Names the arm where there are several. */
export const ofArm = (arms: readonly string[], arm: string, message: string): string => (arms.length > 1 ? `${arm}: ${message}` : message);

const OUTCOME_WORDS: Partial<Record<Comparison, string>> = {
  errors: 'had an error',
  silence: 'were never heard of',
  latency: 'were among the slowest 5 %',
};

/** "12 of 240 visitors had an error, 2.1 times as often as in the control (evidence 140 of 111 needed)." */
export function worse(observation: Observation, pair: Pair, { metrics, log }: ArmComparison, threshold: number): string {
  const worst = metrics.reduce((most, metric) => (metric.log > most.log ? metric : most));
  const evidence = `(evidence ${formatEvidence(fromLog(log))} of ${formatNumber(threshold)} needed)`;
  const where = worst.segment === undefined ? '' : ` in segment ${worst.segment}`;
  const words = OUTCOME_WORDS[worst.metric];
  if (words === undefined) return `${worst.metric.toUpperCase()} is worse than in the control${where} ${evidence}.`;
  const outcomes = outcomesOf(observation, pair, worst);
  const compared = worst.segment === undefined ? observation.overall : observation.segments[worst.segment]!;
  const among = strataOf(compared, pair, (trial) =>
    worst.metric === 'silence' ? trial.settled[0]! : worst.metric === 'latency' ? trial.timed[0]! : trial.exposed,
  );
  const count = totals(outcomes).arm;
  const visitors = `${formatNumber(count)} of ${counted(Math.max(count, totals(among).arm), 'visitor', formatNumber)}${where} ${words}`;
  return `${visitors}, ${timesAsOften(relativeRisk(outcomes))} in the control ${evidence}.`;
}

function timesAsOften(risk: number | null): string {
  if (risk === null) return 'more often than';
  return risk >= HIGHEST_RISK ? 'and none' : `${formatNumber(risk)} times as often as`;
}

export const commonCause = (message: string): string => `${message} So it is in the control: the new version is not the cause.`;
export const inIncident = (message: string): string =>
  `${message} But errors of all versions are far above what is usual now, and those of the new one are not more than of the others.`;

const THINGS = { errors: 'errors', latency: 'slow visitors' } as const;

export function noEvidence({ metric, risk, visitors, log, needed, isMuted }: Promotion, isIncident: boolean): string {
  const what = `${formatNumber(risk)} times as many ${THINGS[metric]} as in the control`;
  if (isMuted) return `${what} cannot be ruled out: far less is reported than of the control.`;
  if (isIncident && metric === 'errors')
    return `${what} cannot be ruled out: errors are far above what is usual, and are no evidence meanwhile.`;
  if (visitors === null) return `${what} cannot be ruled out yet: there have been none that count, as what comes in the warm-up does not.`;
  const progress = Math.max(0, Math.floor((100 * log) / needed));
  return `${what} cannot be ruled out yet (${progress} % of the evidence): about ${counted(visitors, 'more visitor', formatNumber)} ${formatNumber(visitors) === '1' ? 'is' : 'are'} needed.`;
}

export function sampleRatio(arm: string, exposures: readonly Stratum[]): string {
  const { arm: seen, control } = totals(exposures);
  const planned = exposures.reduce((sum, stratum) => sum + stratum.share * (stratum.arm + stratum.control), 0);
  const counts = `${formatNumber(seen)} of ${counted(seen + control, 'visitor', formatNumber)} were given ${arm}, where ${formatNumber(planned)} were planned.`;
  return seen < planned
    ? `${counts} Its exposures are lost on the way: perhaps it breaks before it can report, or a cache or an edge keeps them back.`
    : `${counts} The control's exposures are lost on the way, or visitors come back as new ones only with ${arm}.`;
}

export const concentrated = (arm: string, { networks, failed, ofFailed }: Concentration): string =>
  `${formatNumber(failed)} of the ${counted(ofFailed, 'visitor', formatNumber)} of ${arm} that failed come from ${counted(networks, 'network')}. ` +
  'Without those it would not be taken back: it may be an attack, or one broken network.';

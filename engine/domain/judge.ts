import type { Analysis } from '#schemas/analysis.ts';
import { counted } from '#schemas/counted.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Evidence, HealthScore, Observation, Verdict } from '#schemas/verdict.ts';
import { controlBreaks, brokenLimits, describeScore } from './broken-limits.ts';
import { abResult } from './evidence/ab-result.ts';
import { NO_HEALTH } from './evidence/arm-health.ts';
import { type ArmComparison, compareArm, thresholdOf } from './evidence/compare-arm.ts';
import { analysisOf } from './evidence/compared-rollout.ts';
import { type Ratio, evidenceOf, outcomesOf } from './evidence/evidence-of.ts';
import { excuseConcentrated } from './evidence/excuse.ts';
import { type Promotion, isRuledOut, promotionOf } from './evidence/promotion.ts';
import { logSampleRatio } from './evidence/sample-ratio.ts';
import { type Pair, pairOf, strataOf } from './evidence/strata.ts';
import { logTrialEvidence } from './evidence/trial-evidence.ts';
import { CANARY_ARM } from './experiment.ts';
import { type Finding, conclude } from './finding.ts';
import { healthScore } from './health-score.ts';
import { judgeMetrics } from './judge-metrics.ts';
import { healthOf, measureHealth } from './measure-health.ts';
import * as say from './say-findings.ts';

export { NO_HEALTH };

/** What of a rollout judging it depends on. */
export type JudgedRollout = Pick<Rollout, 'monitoring' | 'analysis' | 'experiment' | 'steps'>;

const NO_EVIDENCE: Evidence = Object.freeze({
  e_value: 1,
  threshold: 1,
  comparisons: [],
  sample_ratio_e_value: 1,
  sample_ratio_threshold: 1,
});

/** Everything that was computed of an observation before anything is concluded. */
type Look = {
  observation: Observation;
  rollout: JudgedRollout;
  analysis: Analysis;
  arms: string[];
  /** Of each arm, in the same order. */
  pairs: Pair[];
  comparisons: ArmComparison[];
  promotions: Promotion[];
  ratios: Ratio[];
};

/**
 * Judges a rollout by everything that was seen of it: limits, the comparison of each arm with its control, outside metrics,
 * the sample ratio, and what the step must rule out before it advances. Any observation has a verdict, always the same one.
 * All reasons are named, by precedence; what should be done is the strongest of what they ask for. `inBrief` leaves out the numbers for
 * people (intervals, what is ruled out), which nothing is concluded from: simulations judge millions of times.
 */
export function judge(observation: Observation, rollout: JudgedRollout, inBrief = false): Verdict {
  const look = lookAt(observation, rollout);
  const found = findingsOf(look);
  const [first, ...others] = found.some(isRollBack) ? excuse(look, found) : found;
  const test = rollout.experiment && abResult(observation, rollout.experiment);
  return {
    ...conclude([first!, ...others]),
    score: worstScore(look),
    evidence: inBrief ? NO_EVIDENCE : evidenceOf(observation, look.analysis, look.pairs, look.comparisons, look.promotions, look.ratios),
    ...(test && { test }),
    observed: observation,
  };
}

/**
 * Whether it must be asked how failures are spread over networks before the verdict is acted upon: it would be taken back
 * because of what visitors reported, and that was not looked up yet.
 */
export const needsNetworks = ({ recommendation, reasons, observed }: Verdict): boolean =>
  recommendation === 'roll-back' &&
  observed.networks === undefined &&
  reasons.some(({ code }) => code === 'error-rate' || code === 'health-score' || code === 'worse-than-control') &&
  !reasons.some(({ code }) => code === 'metric-failed' || code === 'feedback');

const isRollBack = ({ recommendation }: Finding): boolean => recommendation === 'roll-back';

function lookAt(observation: Observation, rollout: JudgedRollout): Look {
  const analysis = analysisOf(rollout);
  const arms = armsOf(observation);
  const pairs = arms.map((arm) => pairOf(observation, arm));
  return {
    observation,
    rollout,
    analysis,
    arms,
    pairs,
    comparisons: pairs.map((pair) => compareArm(observation, analysis, pair)),
    promotions: pairs.flatMap((pair) => promotionOf(observation, analysis, pair)),
    ratios: pairs.map((pair) => ({ pair, log: logSampleRatio(exposures(observation, pair)) })),
  };
}

/** The arms that are judged: those that are given now, and those of which anything was seen. */
function armsOf({ periods, arms, control }: Observation): string[] {
  const given = Object.keys(periods.at(-1)?.shares ?? {});
  const names = [...new Set([...given, ...Object.keys(arms)])].filter((name) => name !== control);
  return names.length > 0 ? names : [CANARY_ARM];
}

const exposures = ({ overall }: Observation, pair: Pair) => strataOf(overall, pair, (trial) => trial.exposed);

function findingsOf(look: Look): Finding[] {
  const findings = [
    ...judgeMetrics(look.observation.metrics, look.analysis.metrics),
    ...look.pairs.flatMap((pair) => judgeLimits(look, pair)),
    ...judgeComparisons(look),
    ...judgeSampleRatio(look),
    ...judgeSamples(look),
    ...judgePromotion(look),
    ...judgeHorizon(look),
  ];
  if (findings.length > 0) return findings;
  const visitors = look.arms.reduce((sum, arm) => sum + healthOf(look.observation, arm).visitors, 0);
  const message = `Health ${describeScore(worstScore(look))} after ${counted(visitors, 'visitor')}.`;
  return [{ code: 'healthy', verdict: 'healthy', recommendation: 'advance', message }];
}

/**
 * Limits act alone where there is no control; where there is one that is beyond the same limit, the version is not why. Nor is it
 * while errors of all arms are far above what is usual: then the control may be below the limit by chance.
 */
function judgeLimits({ observation, rollout: { monitoring }, analysis, arms }: Look, pair: Pair): Finding[] {
  const breaches = brokenLimits(observation, pair.arm, monitoring);
  if (breaches.length === 0) return [];
  const isCompared = pair.shares.has(observation.periods.at(-1)?.period ?? -1);
  const shared = isCompared ? controlBreaks(observation, monitoring) : [];
  const errors = logTrialEvidence(outcomesOf(observation, pair, { metric: 'errors' }), analysis.margin);
  const isIncident = isCompared && observation.incident === true;
  const isWorse = errors >= Math.log(thresholdOf(observation, arms.length, analysis));
  return breaches.map(({ limit, message }): Finding => {
    const isOfAll = isIncident && limit !== 'feedback' && !isWorse;
    const isShared = isOfAll || (shared.includes(limit) && !(limit === 'error-rate' && isWorse));
    const text = say.ofArm(arms, pair.arm, message);
    return isShared
      ? {
          code: 'common-cause',
          verdict: 'inconclusive',
          recommendation: 'hold',
          message: shared.includes(limit) ? say.commonCause(text) : say.inIncident(text),
        }
      : { code: limit, verdict: 'unhealthy', recommendation: 'roll-back', message: text };
  });
}

function judgeComparisons({ observation, analysis, arms, pairs, comparisons }: Look): Finding[] {
  const threshold = thresholdOf(observation, arms.length, analysis);
  return comparisons
    .filter(({ log }) => log >= Math.log(threshold))
    .map((comparison) => ({
      code: 'worse-than-control',
      verdict: 'unhealthy',
      recommendation: 'roll-back',
      message: say.ofArm(arms, comparison.arm, say.worse(observation, pairs[arms.indexOf(comparison.arm)]!, comparison, threshold)),
    }));
}

function judgeSampleRatio({ observation, analysis, arms, ratios }: Look): Finding[] {
  const threshold = Math.log(arms.length / analysis.sample_ratio_alpha);
  return ratios
    .filter(({ log }) => log >= threshold)
    .map(({ pair }) => ({
      code: 'sample-ratio',
      verdict: 'inconclusive',
      recommendation: 'hold',
      message: say.sampleRatio(pair.arm, exposures(observation, pair)),
    }));
}

function judgeSamples({ observation, rollout: { monitoring }, arms }: Look): Finding[] {
  return arms
    .filter((arm) => healthOf(observation, arm).visitors < monitoring.min_samples)
    .map((arm) => {
      const message = `${healthOf(observation, arm).visitors} of the ${counted(monitoring.min_samples, 'visitor')} needed ${monitoring.min_samples === 1 ? 'has' : 'have'} reported.`;
      return { code: 'too-few-samples', verdict: 'inconclusive', recommendation: 'hold', message: say.ofArm(arms, arm, message) };
    });
}

/** The end of an A/B test is decided by its result, not by what is ruled out. */
function judgePromotion(look: Look): Finding[] {
  if (isAtTheEnd(look)) return [];
  return look.promotions
    .filter((promotion) => !isRuledOut(promotion))
    .map((promotion) => ({
      code: 'no-evidence',
      verdict: 'inconclusive',
      recommendation: 'hold',
      message: say.ofArm(look.arms, promotion.arm, say.noEvidence(promotion, look.observation.incident ?? false)),
    }));
}

function judgeHorizon(look: Look): Finding[] {
  if (!isAtTheEnd(look)) return [];
  const { outcome, message } = abResult(look.observation, look.rollout.experiment!);
  return outcome === 'undecided' ? [{ code: 'horizon', verdict: 'inconclusive', recommendation: 'hold', message }] : [];
}

const isAtTheEnd = ({ observation, rollout: { experiment, steps } }: Look): boolean =>
  experiment !== undefined && observation.step >= steps.length - 1;

/**
 * Where failures come from few networks, and would be no reason without those, somebody should look before anything is
 * taken back: it may be an attack on the version. Reasons that would remain act as usual.
 */
function excuse({ observation, rollout }: Look, findings: Finding[]): Finding[] {
  const excuse = excuseConcentrated(observation);
  if (!excuse || findingsOf(lookAt(excuse.excused, rollout)).some(isRollBack)) return findings;
  const concentrated = excuse.found.map(([arm, concentration]): Finding => ({
    code: 'concentrated',
    verdict: 'inconclusive',
    recommendation: 'pause',
    message: say.concentrated(arm, concentration),
  }));
  return [...concentrated, ...findings.filter((finding) => !isRollBack(finding))];
}

/** Of several arms the one that is worst. */
function worstScore({ observation, rollout, arms }: Look): HealthScore {
  const scores = arms.map((arm) => healthScore(measureHealth(observation, arm, rollout.monitoring)));
  return scores.reduce((worst, score) => ((score.value ?? 101) < (worst.value ?? 101) ? score : worst));
}

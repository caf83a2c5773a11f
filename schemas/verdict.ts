import { Comparison, MetricRole } from './analysis.ts';
import { Name, Percentage, Timestamp } from './common.ts';
import { TestResult } from './experiment.ts';
import { ArmHealth, NetworkSpread, PeriodTrials, RankEvidence } from './health.ts';
import { z } from './zod.ts';

export { ArmHealth } from './health.ts';

export const HEALTH_PARTS = ['error_rate', 'latency', 'throughput', 'feedback'] as const;
export const HealthPartName = z.enum(HEALTH_PARTS);
export type HealthPartName = z.infer<typeof HealthPartName>;

export const HealthPart = z.strictObject({
  name: HealthPartName,
  weight: z.number().meta({ description: 'Its share of the score, after missing parts were left out.' }),
  measured: z.number().nullable().meta({ description: 'Percent, milliseconds, percent of the baseline, or 0…100. null: missing.' }),
  score: z.number().min(0).max(100).nullable(),
  samples: z.int().nonnegative(),
});
export type HealthPart = z.infer<typeof HealthPart>;

export const HealthScore = z
  .strictObject({
    value: z.number().min(0).max(100).nullable().meta({ description: 'null when every part is missing.' }),
    parts: z.array(HealthPart),
    missing: z.array(HealthPartName),
  })
  .meta({ id: 'HealthScore' });
export type HealthScore = z.infer<typeof HealthScore>;

/**
 * What the measurements of one outside metric came to in this step, since it began or was resumed; of several arms, the worst.
 * One that is `due` and whose `last` is null was not measured, or so long ago that it says nothing of now: it is no success.
 */
export const MetricState = z
  .strictObject({
    name: Name,
    role: MetricRole,
    dry_run: z.boolean(),
    successes: z.int().nonnegative(),
    failures: z.int().nonnegative(),
    inconclusive: z.int().nonnegative(),
    errors: z.int().nonnegative(),
    consecutive_errors: z.int().nonnegative(),
    last: z.strictObject({ at: Timestamp, value: z.number().nullable(), message: z.string().max(500) }).nullable(),
    due: z.boolean().meta({ description: 'Its warm-up is over, so that it should have been measured.' }),
  })
  .meta({ id: 'MetricState' });
export type MetricState = z.infer<typeof MetricState>;

/** Of one comparison of one arm: what judging needs of it. */
export const ComparedState = z.strictObject({
  periods: z.array(PeriodTrials),
  ranks: z
    .partialRecord(Comparison, z.record(z.string(), RankEvidence))
    .meta({ description: 'For each metric that is compared by rank, and each arm.' }),
});
export type ComparedState = z.infer<typeof ComparedState>;

/** The shares of matching visitors in a period: of the rollout's range, each arm's and the control's, in percent. */
export const PeriodShares = z.strictObject({
  period: z.int().nonnegative(),
  step: z.int().nonnegative(),
  started_at: Timestamp,
  shares: z.record(z.string(), Percentage),
});
export type PeriodShares = z.infer<typeof PeriodShares>;

/** Everything that judging sees. It is kept with the revision that the verdict causes, so that it can be judged again. */
export const Observation = z
  .strictObject({
    /** Epoch ms of the look, and of the starts of the step and of the rollout. */
    at: Timestamp,
    step: z.int().nonnegative(),
    step_started_at: Timestamp,
    started_at: Timestamp,
    control: z.string().meta({ description: 'The name of the arm that the others are compared with.' }),
    arms: z.record(z.string(), ArmHealth).meta({ description: 'In the current step.' }),
    periods: z.array(PeriodShares),
    overall: ComparedState,
    segments: z.record(z.string(), ComparedState),
    incident: z.boolean().optional().meta({ description: 'Errors of all arms are far above what is usual right now.' }),
    after_incident: z
      .boolean()
      .optional()
      .meta({ description: 'Errors of all arms are, or once were, far above what was usual, since counting for the comparison began.' }),
    metrics: z.array(MetricState),
    networks: z.record(z.string(), NetworkSpread).optional().meta({ description: 'Looked up only when it would be taken back.' }),
  })
  .meta({ id: 'Observation' });
export type Observation = z.infer<typeof Observation>;

/** In the order in which they take precedence. */
export const REASON_CODES = [
  'metric-failed',
  'error-rate',
  'health-score',
  'feedback',
  'worse-than-control',
  'concentrated',
  'metric-error',
  'signal-failed',
  'sample-ratio',
  'common-cause',
  'metric-inconclusive',
  'too-few-samples',
  'no-evidence',
  'horizon',
  'healthy',
] as const;
export const VerdictReason = z.strictObject({ code: z.enum(REASON_CODES), message: z.string() });
export type VerdictReason = z.infer<typeof VerdictReason>;

/** The numbers of one comparison of one arm with its control. */
export const ComparisonEvidence = z
  .strictObject({
    arm: z.string(),
    metric: Comparison,
    segment: z.string().optional(),
    /** Visitors with the outcome. */
    samples: z.int().nonnegative(),
    control_samples: z.int().nonnegative(),
    e_value: z.number().nonnegative().meta({ description: 'Evidence that the arm is worse: at 1/alpha it is taken back.' }),
    relative_risk: z
      .number()
      .nonnegative()
      .nullable()
      .meta({ description: 'How many times as often as in the control; null: nothing to divide.' }),
    interval: z
      .tuple([z.number().nonnegative(), z.number().nonnegative()])
      .nullable()
      .meta({ description: 'Always valid, at 1 − alpha. Of the relative risk.' }),
    excluded_risk: z.number().nullable().meta({ description: 'The relative risk that the step must rule out; null: none.' }),
    excluded: z.number().nullable().meta({ description: 'The evidence against it, 1 when it is ruled out, below in proportion.' }),
    samples_needed: z
      .int()
      .nonnegative()
      .nullable()
      .meta({ description: 'About how many more visitors with a report until it is ruled out.' }),
  })
  .meta({ id: 'ComparisonEvidence' });
export type ComparisonEvidence = z.infer<typeof ComparisonEvidence>;

export const Evidence = z
  .strictObject({
    e_value: z.number().nonnegative().meta({ description: 'All comparisons together.' }),
    threshold: z.number().positive(),
    comparisons: z.array(ComparisonEvidence),
    sample_ratio_e_value: z.number().nonnegative(),
    sample_ratio_threshold: z.number().positive(),
  })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof Evidence>;

/** What should be done: `hold` waits, `advance` goes on once the step's time is up. */
export const Recommendation = z.enum(['roll-back', 'pause', 'hold', 'advance']);
export type Recommendation = z.infer<typeof Recommendation>;

/** What was concluded of a step, from what: enough to compute it again. */
export const Verdict = z
  .strictObject({
    verdict: z.enum(['healthy', 'unhealthy', 'inconclusive', 'error']),
    recommendation: Recommendation,
    reasons: z.array(VerdictReason).min(1),
    score: HealthScore,
    evidence: Evidence,
    test: TestResult.optional().meta({ description: 'How an A/B test stands.' }),
    observed: Observation,
  })
  .meta({ id: 'Verdict' });
export type Verdict = z.infer<typeof Verdict>;

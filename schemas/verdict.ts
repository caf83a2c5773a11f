import { Timestamp } from './common.ts';
import { z } from './zod.ts';

/** Counts of visitors (not of events) of one arm, and sums to take means of. */
export const ArmHealth = z
  .strictObject({
    exposures: z.int().nonnegative().meta({ description: 'Visitors who were given the arm.' }),
    visitors: z.int().nonnegative().meta({ description: 'Visitors of whom anything was reported.' }),
    loaded: z.int().nonnegative(),
    load_failures: z.int().nonnegative(),
    failed_visitors: z.int().nonnegative().meta({ description: 'Visitors with at least one error or failed load.' }),
    latency_count: z.int().nonnegative(),
    latency_sum_ms: z.number().nonnegative(),
    feedback_count: z.int().nonnegative(),
    feedback_sum: z.number().nonnegative(),
  })
  .meta({ id: 'ArmHealth' });
export type ArmHealth = z.infer<typeof ArmHealth>;

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

export const VerdictReason = z.strictObject({
  code: z.enum(['error-rate', 'health-score', 'feedback', 'too-few-samples', 'healthy']),
  message: z.string(),
});
export type VerdictReason = z.infer<typeof VerdictReason>;

/** What was concluded of a step, from what: enough to compute it again. */
export const Verdict = z
  .strictObject({
    verdict: z.enum(['healthy', 'unhealthy', 'inconclusive', 'error']),
    reasons: z.array(VerdictReason).min(1),
    score: HealthScore,
    observed: z.strictObject({
      step: z.int().nonnegative(),
      from: Timestamp,
      to: Timestamp,
      arm: ArmHealth,
      control: ArmHealth,
    }),
  })
  .meta({ id: 'Verdict' });
export type Verdict = z.infer<typeof Verdict>;

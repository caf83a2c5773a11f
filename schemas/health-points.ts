import { Name, Percentage, Timestamp } from './common.ts';
import { z } from './zod.ts';

/** Health of a rollout over time, for charts. */

export const Percentiles = z
  .strictObject({
    samples: z.int().positive(),
    p50: z.number().nonnegative(),
    p75: z.number().nonnegative(),
    p95: z.number().nonnegative(),
  })
  .meta({ id: 'Percentiles', description: 'Of the first value of each visitor, to within 2 %. Milliseconds; of cls without a unit.' });
export type Percentiles = z.infer<typeof Percentiles>;

/** What was counted of one arm in a span of time. */
export const ArmPoint = z
  .strictObject({
    exposures: z.int().nonnegative().meta({ description: 'Visitors who were given the arm.' }),
    visitors: z.int().nonnegative().meta({ description: 'Visitors who were first heard of in this time.' }),
    failed_visitors: z.int().nonnegative().meta({ description: 'Visitors whose first error or failed load fell in this time.' }),
    error_rate: Percentage.nullable().meta({
      description: 'Failed visitors in percent of those first heard of, at most 100; null: nobody was heard of.',
    }),
    latency_mean: z.number().nonnegative().nullable().meta({ description: 'In milliseconds.' }),
    feedback_mean: z.number().nullable(),
    goals: z.int().nonnegative(),
    latency: Percentiles.nullable(),
    lcp: Percentiles.nullable(),
    inp: Percentiles.nullable(),
    cls: Percentiles.nullable(),
  })
  .meta({ id: 'ArmPoint' });
export type ArmPoint = z.infer<typeof ArmPoint>;

const arms = z.record(z.string(), ArmPoint).meta({ description: 'Those of which anything was counted.' });

export const TimePoint = z
  .strictObject({
    at: Timestamp.meta({ description: 'Where it begins.' }),
    minutes: z.int().positive().meta({ description: 'How long it is. What is old is kept in longer ones.' }),
    arms,
  })
  .meta({ id: 'TimePoint' });
export type TimePoint = z.infer<typeof TimePoint>;

export const RolloutHealth = z
  .strictObject({
    rollout: Name,
    control: z.string().meta({ description: 'The arm that the others are compared with.' }),
    from: Timestamp,
    to: Timestamp,
    minutes: z.int().positive().meta({ description: 'How long a point is, unless it is of older times that are kept in longer ones.' }),
    points: z.array(TimePoint).meta({ description: 'Oldest first. Times in which nothing was counted have none.' }),
    arms: arms.meta({ description: 'All of the points together.' }),
    steps: z
      .array(z.strictObject({ at: Timestamp, step: z.int().nonnegative(), percentage: Percentage }))
      .meta({ description: 'When the rollout came to another step, from `from` on, and the one that it was in then.' }),
  })
  .meta({ id: 'RolloutHealth' });
export type RolloutHealth = z.infer<typeof RolloutHealth>;

/** The most points of each arm that are given without asking for finer ones. */
export const USUAL_POINTS = 240;

export const HealthQuery = z.strictObject({
  from: z.coerce.number().int().nonnegative().optional().meta({
    description: 'Points that end after this (epoch ms). Left out, or before the rollout began: from its beginning.',
  }),
  minutes: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_440)
    .optional()
    .meta({ description: `Minutes of a point, as far as it was kept so fine. Left out: so many that there are at most ${USUAL_POINTS}.` }),
});
export type HealthQuery = z.infer<typeof HealthQuery>;

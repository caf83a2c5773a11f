import { Name, Timestamp } from './common.ts';
import { z } from './zod.ts';

/** What a source answered. Only `value`, which is finite, can ever speak for a rollout. */
export const MetricAnswer = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('value'), value: z.number() }),
  z.strictObject({ outcome: z.enum(['inconclusive', 'error']), reason: z.string() }),
]);
export type MetricAnswer = z.infer<typeof MetricAnswer>;

/** What an answer means for a metric, by its thresholds. */
export const MetricGrade = z.enum(['success', 'failure', 'inconclusive', 'error']);
export type MetricGrade = z.infer<typeof MetricGrade>;

/** How many measurements came to what. */
export const MetricTally = z.strictObject({
  successes: z.int().nonnegative(),
  failures: z.int().nonnegative(),
  inconclusive: z.int().nonnegative(),
  errors: z.int().nonnegative(),
  consecutive_errors: z.int().nonnegative(),
});
export type MetricTally = z.infer<typeof MetricTally>;

/** What one row of measurements is of. */
export const MeasuredSubject = z.strictObject({
  rollout: Name,
  run: Timestamp.meta({ description: "The step's start, which a resumed pause moves: counting begins anew with each." }),
  metric: Name,
  subject: z.string().meta({ description: '`arm`, `building` or `arm/building`, as far as the query depends on them.' }),
});
export type MeasuredSubject = z.infer<typeof MeasuredSubject>;

/** One measurement, and all of its row up to it. */
export const Measurement = MeasuredSubject.extend({
  number: z.int().positive().meta({ description: 'The place in its row: given out once, so that nothing is asked twice.' }),
  at: Timestamp.meta({ description: 'When the source was asked.' }),
  grade: MetricGrade.nullable().meta({ description: 'null: not answered yet.' }),
  value: z.number().nullable(),
  message: z.string().max(500),
  tally: MetricTally,
});
export type Measurement = z.infer<typeof Measurement>;

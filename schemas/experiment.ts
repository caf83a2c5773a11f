import { Minutes, Name, Timestamp, UnitId } from './common.ts';
import { z } from './zod.ts';

/** What an A/B test is decided by. More is better of `goal` and `feedback`, less of `latency` and `errors`. */
export const GOALS = ['goal', 'feedback', 'latency', 'errors'] as const;
export const Goal = z.enum(GOALS).meta({
  description: '`goal`: visitors who reached it. `feedback`: its mean. `latency`: its mean. `errors`: visitors with an error.',
});
export type Goal = z.infer<typeof Goal>;

export const Horizon = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('fixed'),
        minutes: Minutes.optional(),
        visitors: z.int().min(2).max(1_000_000_000).optional().meta({ description: 'Of all variants together.' }),
      })
      .refine(({ minutes, visitors }) => minutes !== undefined || visitors !== undefined, 'give minutes, visitors, or both'),
    z.strictObject({
      kind: z.literal('sequential'),
      minutes: Minutes.optional().meta({ description: 'It ends undecided after these. Left out: it goes on until there is a result.' }),
    }),
  ])
  .meta({
    id: 'Horizon',
    description: '`fixed`: decided once, when the minutes have passed and the visitors have come. `sequential`: as soon as it is certain.',
  });
export type Horizon = z.infer<typeof Horizon>;

const weight = z.number().positive().max(1_000_000).default(1);

/** One side of an A/B test, as it is asked for. */
export const Variant = z.strictObject({
  name: Name,
  weight: weight.meta({ description: 'How large it is beside the others.' }),
  units: z.array(UnitId).max(20).default([]).meta({ description: 'None: what is stable. That variant is the control.' }),
});
export type Variant = z.infer<typeof Variant>;

const rules = {
  goal: Goal.default('goal'),
  horizon: Horizon.default({ kind: 'sequential' }),
  min_difference: z
    .number()
    .positive()
    .max(1_000)
    .default(5)
    .meta({ description: "The smallest difference worth having, in percent of the control's value." }),
  alpha: z.number().gt(0).max(0.2).default(0.05).meta({ description: 'The chance that a variant is named the winner by luck alone.' }),
  promote_winner: z.enum(['person', 'engine']).default('person'),
  sticky: z.boolean().default(true).meta({ description: 'Whoever was given a variant keeps it for the whole test.' }),
};

/** What an `ab_test` needs beside a plan. Its first variant without units, else its first one, is the control. */
export const ExperimentPlan = z
  .strictObject({ variants: z.array(Variant).min(2).max(20), ...rules })
  .superRefine(({ variants }, context) => {
    variants.forEach(({ name, units }, index) => {
      const issue = (field: string, message: string): void =>
        void context.addIssue({ code: 'custom', path: ['variants', index, field], message });
      if (variants.findIndex((other) => other.name === name) < index) issue('name', `${name} is the name of two variants`);
      if (name === 'control' && units.length > 0) issue('name', 'a variant with units cannot be called control');
      const stable = variants.findIndex((other) => other.units.length === 0);
      if (units.length === 0 && stable < index) issue('units', `variant ${variants[stable]!.name} is the one without units already`);
    });
  })
  .meta({ id: 'ExperimentPlan' });
export type ExperimentPlan = z.infer<typeof ExperimentPlan>;

/** An A/B test as the document keeps it. */
export const Experiment = z
  .strictObject({
    variants: z
      .array(z.strictObject({ name: Name, weight, units: z.record(Name, UnitId).meta({ description: 'For each building its unit.' }) }))
      .min(2)
      .max(20),
    ...rules,
  })
  .meta({ id: 'Experiment' });
export type Experiment = z.infer<typeof Experiment>;

/** One variant of an A/B test beside its control. */
export const VariantResult = z.strictObject({
  variant: Name,
  visitors: z.int().nonnegative(),
  value: z.number().nullable().meta({ description: 'Of the goal: a share of visitors, a mean, or milliseconds. null: nobody reported.' }),
  difference: z.number().nullable().meta({ description: "To the control's value; null for the control itself." }),
  interval: z
    .tuple([z.number(), z.number()])
    .nullable()
    .meta({ description: 'Of the difference, at the level that is split over variants.' }),
});
export type VariantResult = z.infer<typeof VariantResult>;

/** How an A/B test stands. */
export const TestResult = z
  .strictObject({
    goal: Goal,
    control: Name,
    outcome: z.enum(['undecided', 'winner', 'no-difference']),
    winner: Name.nullable(),
    variants: z.array(VariantResult),
    message: z.string(),
  })
  .meta({ id: 'TestResult' });
export type TestResult = z.infer<typeof TestResult>;

/** Which variant an A/B test should end with, and why: made once, when it is over. */
export const Proposal = z.strictObject({ variant: Name, at: Timestamp, result: TestResult }).meta({ id: 'Proposal' });
export type Proposal = z.infer<typeof Proposal>;

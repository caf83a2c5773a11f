import { Minutes, Name } from './common.ts';
import { editable } from './editable.ts';
import { isJsonPointer, pathFault, templateFault } from './metric-text.ts';
import { z } from './zod.ts';

/** What an arm is compared with its control on. `silence`: visitors who were given the arm and of whom nothing was heard. */
export const COMPARISONS = ['errors', 'silence', 'latency', 'lcp', 'inp', 'cls'] as const;
export const Comparison = z.enum(COMPARISONS);
export type Comparison = z.infer<typeof Comparison>;

/** The comparisons whose outcome is a number that can only be ordered: they are compared by rank. */
export const ORDERED_COMPARISONS = ['latency', 'lcp', 'inp', 'cls'] as const satisfies Comparison[];
export type OrderedComparison = (typeof ORDERED_COMPARISONS)[number];

/** Bounds of a measurement; all that are given must hold. */
export const Threshold = z
  .strictObject({ lt: z.number(), lte: z.number(), gt: z.number(), gte: z.number() })
  .partial()
  .refine((bounds) => Object.keys(bounds).length > 0, 'give at least one of lt, lte, gt and gte')
  .meta({ id: 'Threshold' });
export type Threshold = z.infer<typeof Threshold>;

/** The most points that a range query may have; Prometheus refuses more. */
const MAX_RANGE_POINTS = 11_000;

const refuseBy =
  (faultOf: (text: string) => string | null) =>
  (text: string, context: z.RefinementCtx): void => {
    const message = faultOf(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  };

/** The kinds of outside sources. */
export const METRIC_KINDS = ['prometheus', 'web'] as const satisfies MetricQuery['kind'][];

/** What an outside source is asked. `{{arm}}`, `{{unit}}`, `{{rollout}}`, `{{apartment}}`, `{{environment}}` and `{{building}}` are filled in. */
export const MetricQuery = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('prometheus'),
      source: Name.meta({ description: "One of the engine's metric sources (CONCIERGE_METRIC_SOURCES)." }),
      query: z
        .string()
        .min(1)
        .max(4_000)
        .superRefine(refuseBy(templateFault))
        .meta({ description: 'PromQL that gives one series or a scalar.' }),
      range: z
        .strictObject({
          minutes: Minutes,
          step_seconds: z.number().positive().max(3_600).default(15),
          reduce: z.enum(['mean', 'min', 'max', 'last']).default('mean'),
        })
        .refine(
          ({ minutes, step_seconds: step }) => (minutes * 60) / step < MAX_RANGE_POINTS,
          `has more than ${MAX_RANGE_POINTS} points; use a longer step_seconds`,
        )
        .optional()
        .meta({ description: 'A range query over the last minutes, reduced to one number. Left out: an instant query.' }),
    }),
    z.strictObject({
      kind: z.literal('web'),
      source: Name.meta({ description: "One of the engine's metric sources; the path is below its URL, nothing else is ever asked." }),
      path: z.string().min(1).max(1_000).superRefine(refuseBy(templateFault)).superRefine(refuseBy(pathFault)),
      pointer: z
        .string()
        .max(500)
        .refine(isJsonPointer, 'use a JSON Pointer (RFC 6901), such as /data/0/value')
        .default('')
        .meta({ description: 'JSON Pointer (RFC 6901) to the number in the answer.' }),
    }),
  ])
  .meta({ id: 'MetricQuery' });
export type MetricQuery = z.infer<typeof MetricQuery>;

export const METRIC_ROLES = ['guardrail', 'signal', 'info'] as const;
export const MetricRole = z
  .enum(METRIC_ROLES)
  .meta({ description: '`guardrail`: takes the rollout back when it fails. `signal`: pauses it. `info`: is only shown.' });
export type MetricRole = z.infer<typeof MetricRole>;

/** One outside metric of a rollout. A measurement meets `failure`, or `success`, or neither, which is inconclusive. */
export const Metric = z
  .strictObject({
    name: Name,
    query: MetricQuery,
    role: MetricRole.default('guardrail'),
    success: Threshold.optional().meta({ description: 'Left out: whatever is no failure.' }),
    failure: Threshold.optional().meta({ description: 'Left out: whatever is no success.' }),
    failure_limit: z.int().min(0).max(1_000).default(0).meta({ description: 'How many failed measurements of a step are borne.' }),
    inconclusive_limit: z
      .int()
      .min(0)
      .max(1_000)
      .default(3)
      .meta({ description: 'How many inconclusive measurements of a step are borne.' }),
    consecutive_error_limit: z
      .int()
      .min(0)
      .max(1_000)
      .default(4)
      .meta({ description: 'How many times in a row the source may give no answer.' }),
    interval_seconds: z.number().min(1).max(86_400).default(60),
    initial_delay_seconds: z.number().min(0).max(86_400).default(0).meta({ description: 'From the start of each step: warm-up.' }),
    dry_run: z.boolean().default(false).meta({ description: 'Is measured and told, and decides nothing.' }),
  })
  .refine(
    ({ success, failure, role }) => role === 'info' || success !== undefined || failure !== undefined,
    'give success, failure, or both',
  )
  .meta({ id: 'Metric' });
export type Metric = z.infer<typeof Metric>;

/** How a rollout is judged beside the limits of its monitoring: by a comparison with its concurrent control. */
export const Analysis = z
  .strictObject({
    compare: z
      .array(Comparison)
      .max(COMPARISONS.length)
      .default(['errors', 'silence', 'latency'])
      .meta({ description: 'Empty: no comparison; only the limits and metrics judge.' }),
    promotion: z.enum(['evidence', 'limits']).default('evidence').meta({
      description:
        '`evidence`: a step advances only once a regression of the size in `exclude` is ruled out. `limits`: once `min_samples` visitors have reported and no limit is broken; for little traffic.',
    }),
    exclude: z.array(z.number().gt(1).max(100)).min(1).max(50).default([3, 2, 1.5]).meta({
      description: 'The relative risk that each step must rule out before it advances; the last one is used for all further steps.',
    }),
    alpha: z
      .number()
      .min(1e-6)
      .max(0.2)
      .default(0.009)
      .meta({ description: 'The chance that a version that is as good as its control is ever taken back by the comparison.' }),
    beta: z
      .number()
      .min(1e-6)
      .max(0.2)
      .default(0.01)
      .meta({ description: 'The chance that a version as bad as `exclude` says passes a step.' }),
    sample_ratio_alpha: z.number().min(1e-6).max(0.2).default(0.001),
    margin: z
      .number()
      .min(1)
      .max(10)
      .default(1)
      .meta({ description: 'Non-inferiority: how much worse (as a ratio of odds) the new version may be without being taken back.' }),
    warm_up: z
      .number()
      .min(0)
      .max(1_440)
      .default(3)
      .meta({ description: 'Minutes from the start that the comparison leaves out: cold caches.' }),
    segments: z.array(Name).max(10).default([]).meta({ description: 'Segments of the document that are compared on their own as well.' }),
    metrics: z.array(Metric).max(20).default([]),
    pause_after: Minutes.optional().meta({
      description: 'Pauses when a step has been inconclusive for this long after its time was up. Left out: it waits.',
    }),
  })
  .superRefine(haveDifferentNames)
  .meta({ id: 'Analysis' });
export type Analysis = z.infer<typeof Analysis>;

/** What of an analysis may be changed by itself. */
export const AnalysisEdit = z
  .strictObject({ ...editable(Analysis.shape), pause_after: Minutes.nullable().optional().meta({ description: 'null: it waits.' }) })
  .superRefine(haveDifferentNames)
  .meta({ id: 'AnalysisEdit' });

function haveDifferentNames({ metrics = [] }: { metrics?: readonly Metric[] | undefined }, context: z.RefinementCtx): void {
  metrics.forEach(({ name }, index) => {
    if (metrics.findIndex((other) => other.name === name) < index) {
      context.addIssue({ code: 'custom', path: ['metrics', index, 'name'], message: `another metric is called ${name} too` });
    }
  });
}

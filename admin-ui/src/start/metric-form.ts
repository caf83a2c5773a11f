import { Metric, type MetricRole } from '#schemas/analysis.ts';
import type { MetricSourceList } from '#schemas/api.ts';
import type { Fault } from '#schemas/problem.ts';
import type { z } from '#schemas/zod.ts';

type Source = MetricSourceList['sources'][number];
type Threshold = NonNullable<Metric['failure']>;
type Range = NonNullable<Extract<Metric['query'], { kind: 'prometheus' }>['range']>;

/** What is typed of one outside metric. */
export type MetricForm = {
  name: string;
  kind: Source['kind'];
  source: string;
  query: string;
  /** Minutes of a range query; empty: the value of now. */
  range: string;
  range_step: number | undefined;
  reduce: Range['reduce'];
  path: string;
  pointer: string;
  role: MetricRole;
  failure: string;
  success: string;
  failure_limit: string;
  inconclusive_limit: string;
  consecutive_error_limit: string;
  interval_seconds: string;
  initial_delay_seconds: string;
  dry_run: boolean;
};

const usual = Metric.parse({ name: 'm', query: { kind: 'web', source: 's', path: '/' }, failure: { gt: 0 } });

export const newMetric = ({ name: source, kind }: Source, others: readonly MetricForm[]): MetricForm => ({
  name: nameFor(others),
  kind,
  source,
  query: '',
  range: '',
  range_step: undefined,
  reduce: 'mean',
  path: '',
  pointer: '',
  role: usual.role,
  failure: '',
  success: '',
  failure_limit: String(usual.failure_limit),
  inconclusive_limit: String(usual.inconclusive_limit),
  consecutive_error_limit: String(usual.consecutive_error_limit),
  interval_seconds: String(usual.interval_seconds),
  initial_delay_seconds: String(usual.initial_delay_seconds),
  dry_run: false,
});

function nameFor(others: readonly MetricForm[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'metric' : `metric-${number}`;
    if (others.every((other) => other.name !== name)) return name;
  }
}

const SIGNS: Record<keyof Threshold, string> = { lt: '<', lte: '≤', gt: '>', gte: '≥' };
const BOUND = /(<=|>=|<|>|≤|≥)\s*(-?\d*\.?\d+(?:e[+-]?\d+)?)/gi;
const NAMES: Record<string, keyof Threshold> = { '<': 'lt', '<=': 'lte', '≤': 'lte', '>': 'gt', '>=': 'gte', '≥': 'gte' };

/** `> 0.02`, `≥ 1 < 5` */
export const boundsWords = (bounds: Threshold | undefined): string =>
  Object.entries(bounds ?? {})
    .map(([name, value]) => `${SIGNS[name as keyof Threshold]} ${value}`)
    .join(' ');

/** The bounds that a text means; undefined: none. One that cannot be read is no threshold, which the schema says. */
export function boundsOf(text: string): Threshold | undefined {
  if (text.trim() === '') return undefined;
  const rest = text.replace(BOUND, '').replaceAll(/\band\b|[\s,;]/gi, '');
  const found = [...text.matchAll(BOUND)].map(([, sign, value]) => [NAMES[sign!]!, Number(value)] as const);
  return rest === '' ? (Object.fromEntries(found) as Threshold) : ({} as Threshold);
}

/** Bounds that cannot be read, in better words than a schema has for what is no text any more. */
export function unreadBounds(faults: readonly Fault[], metrics: readonly MetricForm[]): Fault[] {
  const unread = metrics.flatMap((metric, index) =>
    (['failure', 'success'] as const)
      .filter((part) => Object.keys(boundsOf(metric[part]) ?? { gt: 0 }).length === 0)
      .map((part) => ({ path: `/analysis/metrics/${index}/${part}`, message: 'write a sign and a number, such as > 0.02' })),
  );
  return [...faults.filter(({ path }) => !unread.some((one) => path.startsWith(one.path))), ...unread];
}

const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.')));

function queryOf({ kind, source, query, range, range_step: step, reduce, path, pointer }: MetricForm): z.input<typeof Metric>['query'] {
  if (kind === 'web') return { kind, source, path, pointer };
  const over = { minutes: numberOf(range), reduce, ...(step === undefined ? {} : { step_seconds: step }) };
  return { kind, source, query, ...(range.trim() === '' ? {} : { range: over }) };
}

export function toMetric(form: MetricForm): z.input<typeof Metric> {
  const [failure, success] = [boundsOf(form.failure), boundsOf(form.success)];
  return {
    name: form.name,
    query: queryOf(form),
    role: form.role,
    ...(failure ? { failure } : {}),
    ...(success ? { success } : {}),
    failure_limit: numberOf(form.failure_limit),
    inconclusive_limit: numberOf(form.inconclusive_limit),
    consecutive_error_limit: numberOf(form.consecutive_error_limit),
    interval_seconds: numberOf(form.interval_seconds),
    initial_delay_seconds: numberOf(form.initial_delay_seconds),
    dry_run: form.dry_run,
  };
}

/** What would have to be typed for this metric. */
export function metricFormOf({ query, ...metric }: Metric): MetricForm {
  const range = query.kind === 'prometheus' ? query.range : undefined;
  return {
    ...newMetric({ name: query.source, kind: query.kind }, []),
    ...(query.kind === 'web' ? { path: query.path, pointer: query.pointer } : { query: query.query }),
    ...(range ? { range: String(range.minutes), range_step: range.step_seconds, reduce: range.reduce } : {}),
    name: metric.name,
    role: metric.role,
    failure: boundsWords(metric.failure),
    success: boundsWords(metric.success),
    failure_limit: String(metric.failure_limit),
    inconclusive_limit: String(metric.inconclusive_limit),
    consecutive_error_limit: String(metric.consecutive_error_limit),
    interval_seconds: String(metric.interval_seconds),
    initial_delay_seconds: String(metric.initial_delay_seconds),
    dry_run: metric.dry_run,
  };
}

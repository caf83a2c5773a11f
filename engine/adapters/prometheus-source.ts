import type { MetricQuery } from '#schemas/analysis.ts';
import type { MetricAnswer } from '#schemas/measurement.ts';
import { fillTemplate } from '#schemas/metric-text.ts';
import { z } from '#schemas/zod.ts';
import { askJson } from './ask-json.ts';
import { type AskOptions, type MetricSource, type MetricSourceSettings, failed, inconclusive } from './metric-source.ts';

const MS_PER_MINUTE = 60_000;
const MS_PER_SECOND = 1_000;

type PrometheusQuery = Extract<MetricQuery, { kind: 'prometheus' }>;

/** A point in time and a float, as Prometheus writes it. */
const Sample = z.tuple([z.number(), z.string()]);
const Data = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('scalar'), result: Sample }),
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: Sample.optional() })) }),
  z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ values: z.array(Sample).optional() })) }),
  z.object({ resultType: z.literal('string'), result: z.unknown() }),
]);
type Data = z.infer<typeof Data>;
const Answer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data: Data, warnings: z.array(z.string()).optional() }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

/** Makes the value safe within a double- or single-quoted string of PromQL; within backticks nothing can be escaped, nor need be. */
export const escapePromql = (value: string): string =>
  value.replaceAll(/[\\"'`\p{Cc}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A Prometheus, or what speaks its HTTP API (Thanos, Mimir, VictoriaMetrics). */
export function createPrometheusSource(settings: MetricSourceSettings): MetricSource<'prometheus'> {
  return {
    kind: 'prometheus',
    async ask(query, variables, { at, signal }) {
      const form = new URLSearchParams({ query: fillTemplate(query.query, variables, escapePromql) });
      const { range } = query;
      if (range) {
        form.set('start', String((at - range.minutes * MS_PER_MINUTE) / MS_PER_SECOND));
        form.set('end', String(at / MS_PER_SECOND));
        form.set('step', String(range.step_seconds));
      }
      try {
        const url = new URL(`${settings.url.replace(/\/+$/, '')}/api/v1/${range ? 'query_range' : 'query'}`);
        const { status, body } = await askJson(url, settings, { form, signal });
        return read(status, body, query, at);
      } catch (error) {
        return failed((error as Error).message);
      }
    },
  };
}

function read(status: number, body: unknown, query: PrometheusQuery, at: AskOptions['at']): MetricAnswer {
  const parsed = Answer.safeParse(body);
  if (!parsed.success) return failed(`it answered ${status} with JSON that is no answer of Prometheus`);
  if (parsed.data.status === 'error') return failed(`${parsed.data.errorType}: ${parsed.data.error}`);
  if (status !== 200) return failed(`it answered ${status}`);
  const { data, warnings = [] } = parsed.data;
  // A warning means that a part of the data could not be read, and nobody knows what it would have said.
  if (warnings.length > 0) return inconclusive(`it warns: ${warnings[0]}`);
  return query.range ? readRange(data, query.range, at) : readInstant(data);
}

function readInstant(data: Data): MetricAnswer {
  if (data.resultType === 'scalar') return numberOf(data.result[1]);
  if (data.resultType !== 'vector') return failed(`the query gives a ${data.resultType}, not one number`);
  const refused = refuseCount(data.result.length);
  if (refused) return refused;
  const sample = data.result[0]?.value;
  return sample ? numberOf(sample[1]) : failed('the query gives a histogram, not one number');
}

function readRange(data: Data, range: NonNullable<PrometheusQuery['range']>, at: number): MetricAnswer {
  if (data.resultType !== 'matrix') return failed(`the query gives a ${data.resultType}, not a range of numbers`);
  const refused = refuseCount(data.result.length);
  if (refused) return refused;
  const samples = data.result[0]?.values ?? [];
  const last = samples.at(-1);
  if (!last) return failed('the query gives a histogram, not numbers');
  const ageSeconds = at / MS_PER_SECOND - last[0];
  if (ageSeconds > range.step_seconds) return inconclusive(`the series ended ${Math.round(ageSeconds)} s ago`);
  const answers = samples.map(([, text]) => numberOf(text));
  const odd = answers.find(({ outcome }) => outcome !== 'value');
  if (odd) return odd;
  return reduce(
    answers.flatMap((answer) => (answer.outcome === 'value' ? [answer.value] : [])),
    range.reduce,
  );
}

function reduce(values: number[], how: 'mean' | 'min' | 'max' | 'last'): MetricAnswer {
  if (how === 'last') return numberOf(String(values.at(-1)));
  if (how === 'mean') return numberOf(String(values.reduce((sum, value) => sum + value / values.length, 0)));
  return numberOf(String(values.reduce((best, value) => (how === 'min' ? Math.min(best, value) : Math.max(best, value)))));
}

function refuseCount(count: number): MetricAnswer | null {
  if (count === 0) return inconclusive('the query gives no series');
  return count === 1 ? null : inconclusive(`the query gives ${count} series, not one; aggregate them`);
}

function numberOf(text: string): MetricAnswer {
  if (/^(?:NaN|[+-]?Inf(?:inity)?)$/.test(text)) return inconclusive(`the query gives ${text}`);
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) return failed('it gives something that is no number');
  return Number.isFinite(value) ? { outcome: 'value', value } : inconclusive(`the query gives ${text}`);
}

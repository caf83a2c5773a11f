import type { MetricQuery } from '#schemas/analysis.ts';
import type { MetricAnswer } from '#schemas/measurement.ts';
import type { MetricVariables } from '#schemas/metric-text.ts';
import { type AskOptions, type MetricSourceSettings, failed } from './metric-source.ts';
import { createPrometheusSource } from './prometheus-source.ts';
import { createWebSource } from './web-source.ts';

/** All sources that the operator configured. A query names one; nothing else can be asked. */
export type MetricSources = {
  kinds: ReadonlyMap<string, MetricQuery['kind']>;
  ask: (query: MetricQuery, variables: MetricVariables, options: AskOptions) => Promise<MetricAnswer>;
};

export function createMetricSources(settings: readonly MetricSourceSettings[]): MetricSources {
  const byName = new Map(settings.map((one) => [one.name, one]));
  return {
    kinds: new Map(settings.map(({ name, kind }) => [name, kind])),
    async ask(query, variables, options) {
      const source = byName.get(query.source);
      // A rollout may be older than the configuration.
      if (!source) return failed(`there is no metric source ${query.source} any more`);
      if (query.kind === 'prometheus' && source.kind === 'prometheus') return createPrometheusSource(source).ask(query, variables, options);
      if (query.kind === 'web' && source.kind === 'web') return createWebSource(source).ask(query, variables, options);
      return failed(`the metric source ${query.source} takes queries of the kind ${source.kind} now`);
    },
  };
}

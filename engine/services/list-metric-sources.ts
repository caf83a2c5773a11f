import type { MetricSourceList } from '#schemas/api.ts';
import type { Services } from './context.ts';

/** The outside sources that a rollout's metrics may ask, by name. Their addresses are the operator's own business. */
export const listMetricSources = ({ metricSources }: Pick<Services, 'metricSources'>): MetricSourceList => ({
  sources: [...metricSources].map(([name, kind]) => ({ name, kind })).toSorted((a, b) => a.name.localeCompare(b.name)),
});

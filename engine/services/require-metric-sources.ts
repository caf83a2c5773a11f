import type { Analysis } from '#schemas/analysis.ts';
import { type Fault, refuse } from '#schemas/problem.ts';
import type { Services } from './context.ts';

/**
 * Refuses metrics whose source the operator did not configure, or that ask it what it does not take: `unprocessable`, every
 * fault with its path in the plan.
 */
export function requireMetricSources({ metricSources }: Pick<Services, 'metricSources'>, { metrics }: Pick<Analysis, 'metrics'>): void {
  const names = [...metricSources.keys()];
  const known = names.length > 0 ? `the engine has ${names.join(', ')}` : 'the engine has none (CONCIERGE_METRIC_SOURCES)';
  const faults = metrics.flatMap(({ query }, index): Fault[] => {
    const path = `/analysis/metrics/${index}/query`;
    const kind = metricSources.get(query.source);
    if (kind === undefined) return [{ path: `${path}/source`, message: `there is no metric source ${query.source}; ${known}` }];
    return kind === query.kind
      ? []
      : [{ path: `${path}/kind`, message: `the metric source ${query.source} takes queries of the kind ${kind}` }];
  });
  if (faults.length > 0) refuse('unprocessable', 'Not every metric can be measured.', faults);
}

import { useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components/Button';
import { type Place, metricSourcesQuery } from '../api/queries.ts';
import { useHasFaults } from '../fields/form-faults.ts';
import { Fold } from '../parts/fold.tsx';
import { PlusIcon } from '../parts/icons.tsx';
import { listWords } from '../words/format.ts';
import type { FormPart } from './form-part.ts';
import { MetricFields } from './metric-fields.tsx';
import { type MetricForm, newMetric } from './metric-form.ts';

const MOST = 20;

/** What outside sources are asked of it: orders, refunds, errors of a backend. */
export function MetricsFields({ form: { metrics }, onChange, place }: FormPart & { place: Place }) {
  const mustShow = useHasFaults(['metrics']);
  const { data, error } = useQuery(metricSourcesQuery(place));
  const sources = data?.sources ?? [];
  const change = (index: number, part: Partial<MetricForm>): void =>
    onChange({ metrics: metrics.with(index, { ...metrics[index]!, ...part }) });
  const [first] = sources;
  const summary = metrics.length > 0 ? listWords(metrics.map(({ name }) => name)) : first ? 'none' : 'no source';
  return (
    <Fold title="Outside metrics" summary={summary} mustShow={mustShow}>
      <p className="help">
        {error && `The engine's sources are not known: ${error.message}`}
        {!error && !first && 'The engine has no outside source. Its operator names them with CONCIERGE_METRIC_SOURCES.'}
        {first && 'What browsers cannot see is asked of a source the operator named. The worst arm speaks for each.'}
      </p>
      {metrics.map((metric, index) => (
        <MetricFields
          key={index}
          index={index}
          metric={metric}
          sources={sources}
          onChange={(part) => change(index, part)}
          onRemove={() => onChange({ metrics: metrics.toSpliced(index, 1) })}
        />
      ))}
      {first && metrics.length < MOST && (
        <Button className="button quiet add" onPress={() => onChange({ metrics: [...metrics, newMetric(first, metrics)] })}>
          <PlusIcon />
          Add a metric
        </Button>
      )}
    </Fold>
  );
}

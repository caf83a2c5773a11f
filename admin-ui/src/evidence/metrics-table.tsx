import type { Metric, MetricRole } from '#schemas/analysis.ts';
import type { MetricState } from '#schemas/verdict.ts';
import { Badge } from '../parts/badge.tsx';
import { When } from '../parts/when.tsx';
import { formatNumber, formatValue } from '../words/format.ts';

const ROLE_WORDS: Record<MetricRole, string> = {
  guardrail: 'takes the rollout back when it fails',
  signal: 'pauses the rollout when it fails',
  info: 'is only shown',
};

type MetricsTableProps = { states: readonly MetricState[]; metrics: readonly Metric[] };

/** What outside sources said in this step. */
export const MetricsTable = ({ states, metrics }: MetricsTableProps) => (
  <table className="metrics stacking">
    <caption>Outside metrics in this step</caption>
    <thead>
      <tr>
        <th scope="col">Metric</th>
        <th scope="col">Latest</th>
        <th scope="col" className="number">
          Good
        </th>
        <th scope="col" className="number">
          Failed
        </th>
        <th scope="col" className="number">
          Unclear
        </th>
        <th scope="col" className="number">
          No answer
        </th>
      </tr>
    </thead>
    <tbody>
      {states.map((state) => (
        <Row key={state.name} state={state} metric={metrics.find(({ name }) => name === state.name)} />
      ))}
    </tbody>
  </table>
);

function Row({ state, metric }: { state: MetricState; metric: Metric | undefined }) {
  const { name, role, dry_run: isDry, last, due } = state;
  const counted = (count: number, limit: number | undefined, label: string, ofCount = count) => (
    <td className="number" data-label={label} data-over={limit !== undefined && ofCount > limit}>
      {formatNumber(count)}
      {limit !== undefined && <span className="why">{formatNumber(limit)} allowed</span>}
    </td>
  );
  return (
    <tr data-metric={name}>
      <th scope="row">
        {name} {isDry && <Badge tone="calm">dry run</Badge>}
        <span className="why">{isDry ? `would be a ${role}, decides nothing` : `${role}: ${ROLE_WORDS[role]}`}</span>
      </th>
      <td data-label="Latest">
        {!last && <span className="muted">{due ? 'not measured yet' : 'its warm-up is not over'}</span>}
        {last && (
          <>
            <strong>{last.value === null ? 'no value' : formatValue(last.value)}</strong>
            <span className="why">
              <When at={last.at} /> {last.message}
            </span>
          </>
        )}
      </td>
      {counted(state.successes, undefined, 'Good')}
      {counted(state.failures, metric?.failure_limit, 'Failed')}
      {counted(state.inconclusive, metric?.inconclusive_limit, 'Unclear')}
      {counted(state.errors, metric?.consecutive_error_limit, 'No answer', state.consecutive_errors)}
    </tr>
  );
}

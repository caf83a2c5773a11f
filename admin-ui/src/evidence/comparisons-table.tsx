import type { ComparisonEvidence } from '#schemas/verdict.ts';
import { COMPARISON_WORDS, excludedPercent, formatEvidence, formatTimes, intervalTone } from '../words/evidence-words.ts';
import { formatNumber, formatPercent } from '../words/format.ts';
import { EvidenceMeter } from './evidence-meter.tsx';
import { IntervalChart } from './interval-chart.tsx';

type ComparisonsTableProps = {
  caption: string;
  /** How the two arms are called. */
  arm: string;
  control: string;
  comparisons: readonly ComparisonEvidence[];
  threshold: number;
  most: number;
  /** Nothing is waited for any more. */
  isOver: boolean;
};

export const ComparisonsTable = ({ caption, arm, control, comparisons, threshold, most, isOver }: ComparisonsTableProps) => (
  <table className="evidence-table">
    <caption>{caption}</caption>
    <thead>
      <tr>
        <th scope="col">Compared</th>
        <th scope="col" className="number">
          {arm}
        </th>
        <th scope="col" className="number">
          {control}
        </th>
        <th scope="col">How often, beside the control</th>
        <th scope="col">Evidence of harm</th>
        <th scope="col">To be ruled out</th>
      </tr>
    </thead>
    <tbody>
      {comparisons.map((comparison) => (
        <Row key={comparison.metric} {...{ comparison, arm, control, threshold, most, isOver }} />
      ))}
    </tbody>
  </table>
);

type RowProps = { comparison: ComparisonEvidence; arm: string; control: string; threshold: number; most: number; isOver: boolean };

function Row({ comparison, arm, control, threshold, most, isOver }: RowProps) {
  const { name, samples } = COMPARISON_WORDS[comparison.metric];
  return (
    <tr data-comparison={comparison.metric} data-segment={comparison.segment} data-arm={comparison.arm}>
      <th scope="row">
        {name}
        <span className="why">{samples}</span>
      </th>
      <td className="number" data-label={arm}>
        {formatNumber(comparison.samples)}
      </td>
      <td className="number" data-label={control}>
        {formatNumber(comparison.control_samples)}
      </td>
      <td className="risk">
        <IntervalChart comparison={comparison} most={most} />
        <RiskWords comparison={comparison} isOver={isOver} />
      </td>
      <td data-label="Evidence of harm">
        <EvidenceMeter isSlim name={`Evidence of harm: ${name}`} value={comparison.e_value} threshold={threshold} />
        <span className="why">{formatEvidence(comparison.e_value)}</span>
      </td>
      <td data-label="To be ruled out">
        <Excluded comparison={comparison} isOver={isOver} />
      </td>
    </tr>
  );
}

const TONE_WORDS = { bad: 'worse than the control', good: 'better than the control', open: 'may be the same' } as const;

function RiskWords({ comparison, isOver }: Pick<RowProps, 'comparison' | 'isOver'>) {
  const { relative_risk: risk, interval } = comparison;
  if (risk === null && interval === null) return <span className="why">nothing to compare{isOver ? '' : ' yet'}</span>;
  return (
    <span className="risk-words" data-tone={intervalTone(comparison)}>
      <strong>{risk === null ? '–' : formatTimes(risk)}</strong>{' '}
      {interval && (
        <span className="why">
          between {formatTimes(interval[0])} and {formatTimes(interval[1])}: {TONE_WORDS[intervalTone(comparison)]}
        </span>
      )}
    </span>
  );
}

function Excluded({
  comparison: { excluded_risk: risk, excluded, samples_needed: needed },
  isOver,
}: Pick<RowProps, 'comparison' | 'isOver'>) {
  if (risk === null || excluded === null) return <span className="muted">–</span>;
  if (excluded >= 1) return <span className="excluded">✓ {formatTimes(risk)} is ruled out</span>;
  return (
    <>
      {formatTimes(risk)}: {formatPercent(excludedPercent(excluded))}
      {!isOver && needed !== null && needed > 0 && <span className="why">about {formatNumber(needed)} more visitors</span>}
    </>
  );
}

import type { ComparisonEvidence } from '#schemas/verdict.ts';
import { intervalTone } from '../words/evidence-words.ts';

const WIDTH = 200;
const HEIGHT = 30;
const MIDDLE = 13;
const END = 6;

type IntervalChartProps = {
  comparison: Pick<ComparisonEvidence, 'relative_risk' | 'interval' | 'excluded_risk'>;
  /** The largest risk that the axis shows; it begins at one over it, so that 1 stands in the middle. */
  most: number;
};

/** A relative risk and its interval on a log scale, with a line at 1 and a mark at what must be ruled out. Words say the same beside it. */
export function IntervalChart({ comparison, most }: IntervalChartProps) {
  const { relative_risk: risk, interval, excluded_risk: excluded } = comparison;
  const x = (value: number): number => {
    const place = 0.5 + Math.log(Math.max(value, 1e-9)) / (2 * Math.log(most));
    return END + (WIDTH - 2 * END) * Math.min(1, Math.max(0, place));
  };
  return (
    <svg className="interval" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} data-tone={intervalTone(comparison)} aria-hidden="true">
      <line className="interval-axis" x1={0} x2={WIDTH} y1={MIDDLE} y2={MIDDLE} />
      <line className="interval-one" x1={x(1)} x2={x(1)} y1={2} y2={HEIGHT - 8} />
      {excluded !== null && <line className="interval-excluded" x1={x(excluded)} x2={x(excluded)} y1={2} y2={HEIGHT - 8} />}
      {interval && <Interval low={x(interval[0])} high={x(interval[1])} isCutLow={interval[0] < 1 / most} isCutHigh={interval[1] > most} />}
      {risk !== null && <circle className="interval-point" cx={x(risk)} cy={MIDDLE} r={4.5} />}
      <text x={x(1)} y={HEIGHT}>
        1
      </text>
      {excluded !== null && (
        <text x={x(excluded)} y={HEIGHT}>
          {excluded}
        </text>
      )}
    </svg>
  );
}

type Ends = { low: number; high: number; isCutLow: boolean; isCutHigh: boolean };

/** An end that lies outside of the axis is an arrow. */
const Interval = ({ low, high, isCutLow, isCutHigh }: Ends) => (
  <g className="interval-range">
    <line x1={low} x2={high} y1={MIDDLE} y2={MIDDLE} />
    <path d={isCutLow ? `M${low + 5} ${MIDDLE - 5}L${low} ${MIDDLE}l5 5` : `M${low} ${MIDDLE - 5}v10`} />
    <path d={isCutHigh ? `M${high - 5} ${MIDDLE - 5}L${high} ${MIDDLE}l-5 5` : `M${high} ${MIDDLE - 5}v10`} />
  </g>
);

const WIDTH = 200;
const HEIGHT = 28;
const MIDDLE = 11;
const END = 6;

type DifferenceChartProps = {
  difference: number;
  interval: readonly [number, number] | null;
  /** The largest difference that the axis shows, on either side of 0. */
  most: number;
  isMoreBetter: boolean;
};

/** A difference and its interval, with a line at 0. Words say the same beside it. */
export function DifferenceChart({ difference, interval, most, isMoreBetter }: DifferenceChartProps) {
  const x = (value: number): number => WIDTH / 2 + ((WIDTH / 2 - END) * value) / most;
  const isHigher = interval !== null && interval[0] > 0;
  const isLower = interval !== null && interval[1] < 0;
  const tone = !isHigher && !isLower ? 'open' : isHigher === isMoreBetter ? 'good' : 'bad';
  return (
    <svg className="interval" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} data-tone={tone} aria-hidden="true">
      <line className="interval-axis" x1={0} x2={WIDTH} y1={MIDDLE} y2={MIDDLE} />
      <line className="interval-one" x1={x(0)} x2={x(0)} y1={1} y2={HEIGHT - 9} />
      {interval && (
        <g className="interval-range">
          <line x1={x(interval[0])} x2={x(interval[1])} y1={MIDDLE} y2={MIDDLE} />
          <path d={`M${x(interval[0])} ${MIDDLE - 5}v10M${x(interval[1])} ${MIDDLE - 5}v10`} />
        </g>
      )}
      <circle className="interval-point" cx={x(difference)} cy={MIDDLE} r={4.5} />
      <text x={x(0)} y={HEIGHT}>
        0
      </text>
    </svg>
  );
}

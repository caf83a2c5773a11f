import type { SimulatedRuns } from '#schemas/simulation.ts';
import { formatMinutes, formatPercent } from '../words/format.ts';

const WIDTH = 320;
const HEIGHT = 70;

/** The share of simulated rollouts that had completed, and been taken back, by when. */
export function TimelineChart({ timeline }: Pick<SimulatedRuns, 'timeline'>) {
  const last = timeline.at(-1);
  if (!last || last.minute <= 0) return null;
  const x = (minute: number): string => ((WIDTH * minute) / last.minute).toFixed(1);
  const y = (share: number): string => (HEIGHT - 1 - (HEIGHT - 2) * share).toFixed(1);
  const line = (read: (point: SimulatedRuns['timeline'][number]) => number): string =>
    timeline.map((point) => `${x(point.minute)},${y(read(point))}`).join(' ');
  const words = `After ${formatMinutes(Math.round(last.minute))}: ${formatPercent(100 * last.completed)} completed, ${formatPercent(100 * last.rolled_back)} taken back`;
  return (
    <figure className="timeline">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words}>
        <polygon className="timeline-completed" points={`0,${HEIGHT} ${line(({ completed }) => completed)} ${WIDTH},${HEIGHT}`} />
        <polyline className="timeline-back" points={line(({ rolled_back: back }) => back)} />
      </svg>
      <figcaption className="muted">
        <span>0</span>
        <span>completed (filled), taken back (line)</span>
        <span>{formatMinutes(Math.round(last.minute))}</span>
      </figcaption>
    </figure>
  );
}

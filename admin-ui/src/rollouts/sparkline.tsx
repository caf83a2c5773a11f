import { formatDuration, formatNumber } from '../words/format.ts';
import type { ScorePoint } from './use-score-history.ts';

const WIDTH = 200;
const HEIGHT = 48;

/** A line of scores on the full scale of 0…100, with the limit dashed: a small wobble must not look like a fall. */
export function Sparkline({ points, limit }: { points: readonly ScorePoint[]; limit: number }) {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return <div className="sparkline-place" />;
  const y = (value: number): number => 2 + (HEIGHT - 4) * (1 - value / 100);
  const x = (at: number): number => (WIDTH * (at - first.at)) / (last.at - first.at);
  const line = points.map(({ at, value }) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const values = points.map(({ value }) => value);
  const words = `Health score over the last ${formatDuration(last.at - first.at)}: lowest ${formatNumber(Math.min(...values))}, highest ${formatNumber(Math.max(...values))}, limit ${limit}`;
  return (
    <figure className="sparkline">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words}>
        <polygon className="sparkline-area" points={`0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} />
        <line className="sparkline-limit" x1="0" x2={WIDTH} y1={y(limit)} y2={y(limit)} />
        <polyline className="sparkline-line" points={line} />
      </svg>
      <figcaption className="muted">Last {formatDuration(last.at - first.at)}, limit dashed</figcaption>
    </figure>
  );
}

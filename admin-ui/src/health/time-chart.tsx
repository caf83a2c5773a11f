import { useId } from 'react';
import type { RolloutHealth } from '#schemas/health-points.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { armWords } from '../words/arm-words.ts';
import { formatPercent } from '../words/format.ts';
import { HEIGHT, MS_PER_MINUTE, WIDTH, ceilingOf, middleOf, nearestTo, pathsOf, placeOf, stepMarks, yOf } from './chart-geometry.ts';
import type { ChartKind } from './chart-kinds.ts';
import { momentWords, readingWords } from './chart-words.ts';

type TimeChartProps = {
  health: RolloutHealth;
  rollout: Rollout;
  kind: ChartKind;
  arms: readonly string[];
  /** The moment that is pointed at in all charts, in epoch ms. */
  moment: number | null;
  onMoment: (at: number | null) => void;
};

/**
 * Lines of all arms over time. A slider lies over it, so that whoever has no mouse can read it point by point too, and
 * whoever sees nothing is read the numbers.
 */
export function TimeChart({ health, rollout, kind, arms, moment, onMoment }: TimeChartProps) {
  const titleId = useId();
  const { points, from, to } = health;
  const ceiling = ceilingOf(points, kind.read);
  const pointed = moment === null ? undefined : nearestTo(points, moment);
  const marks = stepMarks(health);
  const pointAt = (event: React.PointerEvent<HTMLElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    onMoment(from + ((to - from) * (event.clientX - left)) / width);
  };
  return (
    <figure className="chart" data-chart={kind.id}>
      <figcaption>
        <strong id={titleId}>{kind.title}</strong>
        <span className="muted">{pointed && momentWords(pointed, to)}</span>
      </figcaption>
      {ceiling === null ? (
        <p className="muted chart-empty">Nobody has reported it in this time.</p>
      ) : (
        <div className="chart-area">
          <div className="chart-scale" aria-hidden="true">
            <span>{kind.format(ceiling)}</span>
            <span>{kind.format(ceiling / 2)}</span>
            <span>0</span>
          </div>
          <div className="chart-plot" onPointerMove={pointAt} onPointerLeave={() => onMoment(null)}>
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
              <path className="chart-grid" d={`M0 .5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}`} />
              {marks.map(({ place }) => (
                <path key={place} className="chart-step" d={`M${(place * WIDTH) / 100} 0V${HEIGHT}`} />
              ))}
              {kind.limit !== undefined && kind.limit <= ceiling && (
                <path className="chart-limit" d={`M0 ${yOf(kind.limit, ceiling)}H${WIDTH}`} />
              )}
              {arms.toReversed().map((arm) => {
                const { line, dots } = pathsOf(health, arm, kind.read, ceiling);
                const look = { className: 'chart-line', 'data-arm': arms.indexOf(arm), 'data-control': arm === health.control };
                return (
                  <g key={arm}>
                    <path {...look} d={line} />
                    <path {...look} data-dots d={dots} />
                  </g>
                );
              })}
              {pointed && <path className="chart-pointed" d={`M${(placeOf(pointed, health) * WIDTH) / 100} 0V${HEIGHT}`} />}
            </svg>
            {marks.map(({ place, percentage, isNamed }) =>
              isNamed ? (
                <span key={place} className="chart-step-name" data-late={place > 85} style={{ left: `${place}%` }} aria-hidden="true">
                  {formatPercent(percentage)}
                </span>
              ) : null,
            )}
            <input
              type="range"
              className="chart-slider"
              aria-labelledby={titleId}
              aria-valuetext={pointed ? readingWords(pointed, kind, arms, rollout, to) : 'the whole time'}
              min={from}
              max={to}
              // One that is longer than the whole time would let nobody move it.
              step={Math.max(1, Math.min(health.minutes * MS_PER_MINUTE, to - from))}
              value={pointed ? middleOf(pointed) : to}
              onChange={(event) => onMoment(Number(event.currentTarget.value))}
            />
          </div>
        </div>
      )}
      {ceiling !== null && (
        <p className="chart-reading" aria-hidden="true">
          {arms.map((arm, index) => {
            const counted = (pointed?.arms ?? health.arms)[arm];
            const value = counted ? kind.read(counted) : null;
            return (
              <span key={arm}>
                <svg className="chart-key" viewBox="0 0 22 8">
                  <path className="chart-line" data-arm={index} data-control={arm === health.control} d="M1 4H21" />
                </svg>
                {armWords(arm, rollout)} <strong>{value === null ? '–' : kind.format(value)}</strong>
              </span>
            );
          })}
          {kind.limit !== undefined && kind.limit <= ceiling && (
            <span>
              <svg className="chart-key" viewBox="0 0 22 8">
                <path className="chart-limit" d="M1 4H21" />
              </svg>
              limit {kind.format(kind.limit)}
            </span>
          )}
        </p>
      )}
    </figure>
  );
}

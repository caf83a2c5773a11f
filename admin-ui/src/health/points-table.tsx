import type { RolloutHealth } from '#schemas/health-points.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { armWords } from '../words/arm-words.ts';
import { formatNumber, formatPercent } from '../words/format.ts';
import { MS_PER_MINUTE } from './chart-geometry.ts';
import type { ChartKind } from './chart-kinds.ts';
import { momentWords } from './chart-words.ts';

type PointsTableProps = { health: RolloutHealth; rollout: Rollout; kinds: readonly ChartKind[]; arms: readonly string[] };

/** The charts in numbers, newest first. */
export const PointsTable = ({ health, rollout, kinds, arms }: PointsTableProps) => (
  <div className="scroll points-scroll" tabIndex={0} role="group" aria-label="All points in numbers">
    <table className="points">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Arm</th>
          <th scope="col" className="number">
            Visitors
          </th>
          {kinds.map(({ id, title }) => (
            <th key={id} scope="col" className="number">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {health.points.toReversed().map((point) => {
          const shown = arms.filter((arm) => point.arms[arm]);
          const came = health.steps.find(({ at }) => at >= point.at && at < point.at + point.minutes * MS_PER_MINUTE);
          return shown.map((arm, index) => (
            <tr key={`${point.at} ${arm}`} data-first={index === 0}>
              {index === 0 && (
                <th scope="rowgroup" rowSpan={shown.length}>
                  {momentWords(point, health.to)}
                  {came && <span className="why">step {formatPercent(came.percentage)} begins</span>}
                </th>
              )}
              <th scope="row">{armWords(arm, rollout)}</th>
              <td className="number">{formatNumber(point.arms[arm]!.visitors)}</td>
              {kinds.map(({ id, read, format }) => {
                const value = read(point.arms[arm]!);
                return (
                  <td key={id} className="number">
                    {value === null ? '–' : format(value)}
                  </td>
                );
              })}
            </tr>
          ));
        })}
      </tbody>
    </table>
  </div>
);

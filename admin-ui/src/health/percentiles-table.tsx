import type { RolloutHealth } from '#schemas/health-points.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { armWords } from '../words/arm-words.ts';
import { formatNumber } from '../words/format.ts';
import { SPEEDS, SPEED_WORDS } from './chart-kinds.ts';

type PercentilesTableProps = { health: RolloutHealth; rollout: Rollout; arms: readonly string[] };

/** How fast it was for whom: half of the visitors, three quarters of them, and all but the slowest twentieth. */
export function PercentilesTable({ health, rollout, arms }: PercentilesTableProps) {
  const metrics = SPEEDS.filter((metric) => arms.some((arm) => health.arms[arm]?.[metric]));
  if (metrics.length === 0) return null;
  return (
    <div className="scroll">
      <table className="percentiles" data-testid="percentiles">
        <caption>How fast it was</caption>
        <thead>
          <tr>
            <th scope="col">Arm</th>
            <th scope="col" className="number">
              p50
            </th>
            <th scope="col" className="number">
              p75
            </th>
            <th scope="col" className="number">
              p95
            </th>
            <th scope="col" className="number">
              Visitors
            </th>
          </tr>
        </thead>
        {metrics.map((metric) => (
          <tbody key={metric} data-metric={metric}>
            <tr>
              <th scope="rowgroup" colSpan={5}>
                {SPEED_WORDS[metric].name}
              </th>
            </tr>
            {arms.map((arm) => {
              const values = health.arms[arm]?.[metric];
              return (
                <tr key={arm}>
                  <th scope="row" className={arm === health.control ? undefined : 'arm-new'}>
                    {armWords(arm, rollout)}
                  </th>
                  {(['p50', 'p75', 'p95'] as const).map((name) => (
                    <td key={name} className="number">
                      {values ? SPEED_WORDS[metric].format(values[name]) : '–'}
                    </td>
                  ))}
                  <td className="number">{formatNumber(values?.samples ?? 0)}</td>
                </tr>
              );
            })}
          </tbody>
        ))}
      </table>
    </div>
  );
}

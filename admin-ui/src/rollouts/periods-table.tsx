import type { Period, Rollout } from '#schemas/rollout.ts';
import { When } from '../parts/when.tsx';
import { armWords } from '../words/arm-words.ts';
import { formatPercent } from '../words/format.ts';

/** The newest are what somebody asks about; a ramp can have hundreds. */
const SHOWN = 20;

/** When shares changed: what happened before and after is never counted together. */
export function PeriodsTable({ rollout, periods }: { rollout: Rollout; periods: readonly Period[] }) {
  if (periods.length === 0) return null;
  const arms = Object.keys(periods.at(-1)!.shares);
  const numbered = periods.map((period, number) => ({ ...period, number })).toReversed();
  return (
    <table className="periods stacking">
      <caption>
        Periods{' '}
        {numbered.length > SHOWN && (
          <span className="why">
            the newest {SHOWN} of {numbered.length}
          </span>
        )}
      </caption>
      <thead>
        <tr>
          <th scope="col">Period</th>
          <th scope="col">Since</th>
          <th scope="col" className="number">
            Step
          </th>
          {arms.map((arm) => (
            <th key={arm} scope="col" className="number">
              {armWords(arm, rollout)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {numbered.slice(0, SHOWN).map(({ number, step, started_at: at, shares }) => (
          <tr key={number}>
            <th scope="row">{number + 1}</th>
            <td data-label="Since">
              <When at={at} />
            </td>
            <td className="number" data-label="Step">
              {step + 1}
            </td>
            {arms.map((arm) => (
              <td key={arm} className="number" data-label={armWords(arm, rollout)}>
                {formatPercent(shares[arm] ?? 0)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

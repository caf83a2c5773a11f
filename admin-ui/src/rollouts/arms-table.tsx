import { hasEnded } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { armWords, healthOf, triedArms } from '../words/arm-words.ts';
import { armUnits } from '../words/rollout-words.ts';
import { type ArmRow, armRows } from './arm-rows.ts';

/** The new units beside those they would replace, over the same time and the same step. */
export function ArmsTable({ rollout, verdict: { observed } }: { rollout: Rollout; verdict: Verdict }) {
  const tried = triedArms(observed);
  const rows = armRows(
    tried.map((arm) => healthOf(observed, arm)),
    healthOf(observed, observed.control),
    rollout.monitoring,
  );
  return (
    <div className="scroll">
      <table className="arms">
        <caption>
          {tried.length > 1 ? 'All arms' : 'Both arms'} in {hasEnded(rollout) ? 'the step that it ended in' : 'this step'}
        </caption>
        <thead>
          <tr>
            <td />
            {tried.map((arm) => (
              <th key={arm} scope="col" className="number arm-new">
                <span className="why">{armWords(arm, rollout)}</span>
                <UnitLines units={armUnits(rollout, arm)} />
              </th>
            ))}
            <th scope="col" className="number">
              <span className="why">{armWords(observed.control, rollout)}</span>
              <UnitLines units={armUnits(rollout, observed.control)} />
            </th>
            <th scope="col" className="limit">
              Limit
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.name} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const UnitLines = ({ units }: { units: string[] }) =>
  units.map((unit) => (
    <span key={unit} className="unit-line">
      {unit}{' '}
    </span>
  ));

const MARKS = { broken: '✕', waiting: '…', kept: '✓' } as const;
const MARK_WORDS = { broken: 'broken', waiting: 'not judged yet', kept: 'kept' } as const;

const Row = ({ row: { name, values, limit } }: { row: ArmRow }) => (
  <tr data-limit={limit?.state}>
    <th scope="row">{name}</th>
    {values.map((value, index) => (
      <td key={index} className={index < values.length - 1 ? 'number arm-new' : 'number'}>
        {value}
      </td>
    ))}
    <td className="limit">
      {limit && (
        <>
          <span aria-hidden="true">
            {MARKS[limit.state]} {limit.least === undefined ? `≤ ${limit.most}` : `≥ ${limit.least}`}
          </span>
          <span className="visually-hidden">
            {MARK_WORDS[limit.state]}: {limit.least === undefined ? `at most ${limit.most}` : `at least ${limit.least}`}
          </span>
        </>
      )}
    </td>
  </tr>
);

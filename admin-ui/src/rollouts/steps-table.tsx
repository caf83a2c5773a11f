import type { Rollout } from '#schemas/rollout.ts';
import { formatPercent } from '../words/format.ts';
import { gateWords, isTimed, lengthWords } from '../words/gate-words.ts';
import { When } from '../parts/when.tsx';
import { stepPlace } from './step-place.ts';

const MS_PER_MINUTE = 60_000;
const PLACE_WORDS = { done: 'done', current: 'now', ended: 'ended here', ahead: 'to come', skipped: 'not reached' } as const;

/** The steps with what ends each of them, and when the current one can end at the earliest. */
export function StepsTable({ rollout, endsAt }: { rollout: Rollout; endsAt: number | null }) {
  return (
    <table className="steps-table stacking">
      <caption>Steps</caption>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col" className="number">
            Share
          </th>
          <th scope="col">Lasts</th>
          <th scope="col">What ends it</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {rollout.steps.map((step, index) => {
          const place = stepPlace(rollout, index);
          return (
            <tr key={index} data-place={place}>
              <th scope="row">{index + 1}</th>
              <td className="number" data-label="Share">
                {formatPercent(step.percentage)}
              </td>
              <td data-label="Lasts">{lengthWords(rollout, index)}</td>
              <td data-label="What ends it">{gateWords(rollout, index)}</td>
              <td data-label="When">
                {PLACE_WORDS[place]}
                {place === 'current' && (
                  <span className="why">
                    since <When at={rollout.step_started_at} />
                    {endsAt !== null && isTimed(rollout, index) && (
                      <>
                        , until <When at={rollout.step_started_at + step.duration * MS_PER_MINUTE} /> at the earliest
                      </>
                    )}
                  </span>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

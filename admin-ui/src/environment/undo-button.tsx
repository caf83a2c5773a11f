import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { EnvironmentState } from '#schemas/api.ts';
import type { RollBackPreview } from '#schemas/roll-back.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import { useUndo } from '../api/commands.ts';
import { type BackTo, type Place, undoQuery } from '../api/queries.ts';
import { RadioChoice } from '../fields/radio-choice.tsx';
import { CodeLines } from '../parts/code-lines.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { BackIcon } from '../parts/icons.tsx';
import { newUnits, oldUnits, targetsWords, unitWords } from '../words/rollout-words.ts';

type Back = 'latest' | 'good';

/** What each way back is called; while something is live, what has completed stays. */
const backsOf = (isAnyLive: boolean): Record<Back, [string, string]> => ({
  latest: isAnyLive ? ['Take back what is live', 'what has completed stays'] : ['Before the latest change', 'undoes what happened last'],
  good: ['Last known good', 'what proved good'],
});

const BACK_TO: Record<Back, BackTo> = { latest: {}, good: { to_last_known_good: true } };

/** One press undoes whatever the environment last did to its visitors. */
export function UndoButton({ place, state }: { place: Place; state: EnvironmentState }) {
  const [back, setBack] = useState<Back>('latest');
  const [isOpen, setOpen] = useState(false);
  const undo = useUndo(place, BACK_TO[back]);
  const isAnyLive = Object.values(state.document.rollouts).some(isLive);
  return (
    <ConfirmDialog
      title={`Roll back ${place.apartment}/${place.environment}?`}
      action="Roll back"
      danger
      command={undo}
      onOpenChange={(next) => {
        setBack('latest');
        setOpen(next);
      }}
      trigger={
        <Button className="button danger">
          <BackIcon />
          Emergency rollback
        </Button>
      }
    >
      <RadioChoice name="back" label="Back to" options={backsOf(isAnyLive)} value={back} onChange={setBack} />
      {isOpen && <WhatWillHappen place={place} state={state} back={BACK_TO[back]} />}
      {back === 'good' && (
        <p className="muted">
          Good are the newest units that a rollout completed with in good health, or that everybody had and nobody undid.
        </p>
      )}
      <p className="muted">No health and no gate is checked. It is a new revision, so it can be undone too.</p>
    </ConfirmDialog>
  );
}

/** As the engine says: the same rules that it would undo by. */
function WhatWillHappen({ place, state, back }: { place: Place; state: EnvironmentState; back: BackTo }) {
  const { data: preview, error } = useQuery(undoQuery(place, state.revision, back));
  if (error) {
    return (
      <>
        <p>{error.message}</p>
        <CodeLines lines={[`npx concierge rollback -a ${place.apartment} -e ${place.environment} --to-revision <number>`]} />
      </>
    );
  }
  if (!preview) return <p>Looking up what would come back…</p>;
  return <Preview state={state} preview={preview} />;
}

function Preview({
  state: { document },
  preview: { units, rollouts, from_revision: from },
}: {
  state: EnvironmentState;
  preview: RollBackPreview;
}) {
  const ended = rollouts.flatMap((id) => document.rollouts[id] ?? []);
  const moved = units.filter((unit) => unit.from !== unit.to);
  return (
    <>
      {ended.length > 0 && (
        <>
          <p>These rollouts are taken back at once:</p>
          <ul>
            {ended.map((rollout) => (
              <li key={rollout.id}>
                {targetsWords(rollout)}
                {isLive(rollout) ? (
                  <>
                    : visitors with {newUnits(rollout)} get <strong>{oldUnits(rollout)}</strong> again.
                  </>
                ) : (
                  ', which waits: it is aborted.'
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {moved.length > 0 && (
        <>
          <p>Every visitor gets the units of revision {from} again:</p>
          <ul>
            {moved.map(({ building, from: was, to }) => (
              <li key={building}>
                {building}: {unitWords(was)} → <strong>{unitWords(to)}</strong>
              </li>
            ))}
          </ul>
        </>
      )}
      {ended.length === 0 && moved.length === 0 && <p>The units stay as they are; the release of revision {from} comes back.</p>}
    </>
  );
}

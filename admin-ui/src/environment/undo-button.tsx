import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { EnvironmentState } from '#schemas/api.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import { useUndo } from '../api/commands.ts';
import type { Place } from '../api/queries.ts';
import { RadioChoice } from '../fields/radio-choice.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { BackIcon } from '../parts/icons.tsx';
import { newUnits, oldUnits, targetsWords, unitWords } from '../words/rollout-words.ts';
import { earlierUnitsQuery } from './earlier-units.ts';

type Back = 'latest' | 'good';

const BACKS: Record<Back, [string, string]> = {
  latest: ['Before the latest change', 'undoes what happened last'],
  good: ['Last known good', 'what proved good'],
};

/** One press undoes whatever the environment last did to its visitors. */
export function UndoButton({ place, state }: { place: Place; state: EnvironmentState }) {
  const [back, setBack] = useState<Back>('latest');
  const undo = useUndo(place, back === 'good' ? { to_last_known_good: true } : {});
  return (
    <ConfirmDialog
      title={`Roll back ${place.apartment}/${place.environment}?`}
      action="Roll back"
      danger
      command={undo}
      onOpenChange={() => setBack('latest')}
      trigger={
        <Button className="button danger">
          <BackIcon />
          Emergency rollback
        </Button>
      }
    >
      <RadioChoice name="back" label="Back to" options={BACKS} value={back} onChange={setBack} />
      {back === 'latest' && <WhatWillHappen place={place} state={state} />}
      {back === 'good' && (
        <p>
          Every live rollout is taken back, and every visitor gets the newest units that a rollout completed with in good health, or that
          everybody had and nobody undid.
        </p>
      )}
      <p className="muted">No health and no gate is checked. It is a new revision, so it can be undone too.</p>
    </ConfirmDialog>
  );
}

function WhatWillHappen({ place, state }: { place: Place; state: EnvironmentState }) {
  const live = Object.values(state.document.rollouts).filter(isLive);
  const earlier = useQuery({ ...earlierUnitsQuery(place, state), enabled: live.length === 0 });
  if (live.length > 0) {
    return (
      <>
        <p>Every live rollout is taken back at once:</p>
        <ul>
          {live.map((rollout) => (
            <li key={rollout.id}>
              {targetsWords(rollout)}: visitors with {newUnits(rollout)} get <strong>{oldUnits(rollout)}</strong> again.
            </li>
          ))}
        </ul>
      </>
    );
  }
  if (earlier.data === undefined)
    return (
      <p>
        {earlier.error ? 'No rollout is live. The units before the latest change of units come back.' : 'Looking up the earlier units…'}
      </p>
    );
  if (earlier.data === null) return <p>No rollout is live, and no recent revision had other units: there may be nothing to go back to.</p>;
  return (
    <>
      <p>No rollout is live. Every visitor gets the units of revision {earlier.data.revision} again:</p>
      <ul>
        {earlier.data.changes.map(({ building, from, to }) => (
          <li key={building}>
            {building}: {unitWords(from)} → <strong>{unitWords(to)}</strong>
          </li>
        ))}
      </ul>
    </>
  );
}

import type { RolloutView } from '#schemas/rollout-view.ts';
import { useIdentity } from '../api/permissions.ts';
import type { Place } from '../api/queries.ts';
import { EditButton } from '../edit/edit-button.tsx';
import { targetsWords } from '../words/rollout-words.ts';
import { offersOf } from './offers.ts';
import { MoveButton } from './move-button.tsx';

/** What nobody wants in a hurry. */
const CALM: ReadonlySet<string> = new Set(['restart', 'edit', 're-salt']);

/** Pause and resume are one button in one place, so that the focus stays on it. */
const SLOTS: Partial<Record<string, string>> = { resume: 'pause' };

type RolloutActionsProps = {
  place: Place;
  view: RolloutView;
  /** Beside other rollouts only what is wanted in a hurry is offered. */
  isAlone: boolean;
};

export function RolloutActions({ place, view, isAlone }: RolloutActionsProps) {
  const identity = useIdentity();
  const offers = offersOf(view, identity).filter(({ move }) => isAlone || !CALM.has(move));
  const refusals = [...new Set(offers.flatMap(({ refusal }) => refusal ?? []))];
  if (offers.length === 0 && identity) {
    return (
      <p className="muted">
        Signed in as {identity.name}, a {identity.scope.role}: you may look, not steer.
      </p>
    );
  }
  return (
    <div className="actions-block">
      <div className="actions" role="group" aria-label={`Commands for ${targetsWords(view.rollout)}`}>
        {offers.map(({ move, refusal }) =>
          move === 'edit' ? (
            <EditButton key={move} place={place} view={view} isRefused={refusal !== null} />
          ) : (
            <MoveButton key={SLOTS[move] ?? move} place={place} view={view} move={move} isRefused={refusal !== null} />
          ),
        )}
      </div>
      {refusals.map((refusal) => (
        <p key={refusal} className="muted">
          {refusal}
        </p>
      ))}
    </div>
  );
}

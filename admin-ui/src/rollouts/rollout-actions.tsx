import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Rollout } from '#schemas/rollout.ts';
import { type Move, useMoveRollout } from '../api/commands.ts';
import type { Place } from '../api/queries.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { BackIcon, FinishIcon, PauseIcon, PlayIcon, StepIcon, StopIcon } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { formatPercent } from '../words/format.ts';
import { currentStep, targetsWords } from '../words/rollout-words.ts';
import { actionWords, whatHappens } from './what-happens.ts';

const BUTTONS: Record<Move, { name: string; icon: ReactNode; look: string }> = {
  pause: { name: 'Pause', icon: <PauseIcon />, look: '' },
  resume: { name: 'Resume', icon: <PlayIcon />, look: 'primary' },
  'promote-next': { name: 'Promote to next step', icon: <StepIcon />, look: '' },
  'promote-done': { name: 'Promote to everyone', icon: <FinishIcon />, look: '' },
  rollback: { name: 'Roll back', icon: <BackIcon />, look: 'danger' },
  abort: { name: 'Abort', icon: <StopIcon />, look: 'quiet' },
};

/** Pause and resume are one button in one place, so that the focus stays on it. */
export const RolloutActions = ({ place, rollout }: { place: Place; rollout: Rollout }) => (
  <div className="actions" role="group" aria-label={`Commands for ${targetsWords(rollout)}`}>
    <Action place={place} rollout={rollout} move={rollout.state === 'paused' ? 'resume' : 'pause'} />
    <Action place={place} rollout={rollout} move="promote-next" />
    <Action place={place} rollout={rollout} move="promote-done" />
    <Action place={place} rollout={rollout} move="abort" />
    <Action place={place} rollout={rollout} move="rollback" />
  </div>
);

function Action({ place, rollout, move: offered }: { place: Place; rollout: Rollout; move: Move }) {
  // An open dialog goes on meaning the command that it was opened for, whatever others do meanwhile.
  const [opened, setOpened] = useState<{ move: Move; rollout: Rollout } | null>(null);
  const move = opened?.move ?? offered;
  const hasChanged = opened !== null && (opened.rollout.step !== rollout.step || opened.rollout.state !== rollout.state);
  const { name, icon, look } = BUTTONS[move];
  const command = useMoveRollout(place, rollout, move);
  const trigger = (
    <Button className={`button ${look}`}>
      {icon}
      {name}
    </Button>
  );
  return (
    <ConfirmDialog
      title={`${name}: ${targetsWords(rollout)}`}
      action={actionWords(rollout, move)}
      danger={look === 'danger' || move === 'abort'}
      command={command}
      trigger={trigger}
      onOpenChange={(isOpen) => setOpened(isOpen ? { move: offered, rollout } : null)}
    >
      {hasChanged && (
        <Notice tone="wait" role="alert" title="The rollout changed while this was open">
          It is {rollout.state} at {formatPercent(currentStep(rollout).percentage)} now. Below is what would happen now.
        </Notice>
      )}
      {whatHappens(rollout, move).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </ConfirmDialog>
  );
}

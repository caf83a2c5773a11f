import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { currentStep } from '#schemas/rollout-reading.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { type Move, useMoveRollout } from '../api/commands.ts';
import type { Place } from '../api/queries.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { BackIcon, CheckIcon, DiceIcon, FinishIcon, PauseIcon, PlayIcon, RepeatIcon, StepIcon, StopIcon } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { NameChecks } from '../fields/name-checks.tsx';
import { formatPercent } from '../words/format.ts';
import { STATE_WORDS, targetsWords } from '../words/rollout-words.ts';
import { useShowRollout } from './use-show-rollout.ts';
import { PromotionGrounds } from './promotion-grounds.tsx';
import { VariantChoice } from './variant-choice.tsx';
import { actionWords, whatHappens } from './what-happens.ts';

const BUTTONS: Record<Move, { name: string; icon: ReactNode; look: string }> = {
  approve: { name: 'Approve', icon: <CheckIcon />, look: 'primary' },
  pause: { name: 'Pause', icon: <PauseIcon />, look: '' },
  resume: { name: 'Resume', icon: <PlayIcon />, look: 'primary' },
  'promote-next': { name: 'Promote to next step', icon: <StepIcon />, look: '' },
  'promote-done': { name: 'Promote to everyone', icon: <FinishIcon />, look: '' },
  'promote-variant': { name: 'Promote a variant', icon: <FinishIcon />, look: '' },
  restart: { name: 'Restart', icon: <RepeatIcon />, look: 'quiet' },
  're-salt': { name: 'Draw anew', icon: <DiceIcon />, look: 'quiet' },
  rollback: { name: 'Roll back', icon: <BackIcon />, look: 'danger' },
  abort: { name: 'Abort', icon: <StopIcon />, look: 'quiet' },
  retry: { name: 'Try again', icon: <RepeatIcon />, look: 'primary' },
};

type MoveButtonProps = { place: Place; view: RolloutView; move: Move; isRefused?: boolean };

export function MoveButton({ place, view, move: offered, isRefused = false }: MoveButtonProps) {
  const { rollout, frozen } = view;
  // An open dialog goes on meaning the command that it was opened for, whatever others do meanwhile.
  const [opened, setOpened] = useState<{ move: Move; rollout: Rollout } | null>(null);
  const [variant, setVariant] = useState<string>();
  const [overrides, setOverrides] = useState(false);
  const move = opened?.move ?? offered;
  const hasChanged = opened !== null && (opened.rollout.step !== rollout.step || opened.rollout.state !== rollout.state);
  const { name, icon, look } = BUTTONS[move];
  const isPromotion = move.startsWith('promote');
  const canOverride = frozen !== undefined && (isPromotion || move === 'retry');
  const chosen = variant ?? rollout.proposal?.variant;
  const choices = { variant: chosen, override_freeze: (canOverride && overrides) || undefined };
  const command = useMoveRollout(place, rollout, move, choices);
  const showRollout = useShowRollout(place);
  const change = (isOpen: boolean): void => {
    setOpened(isOpen ? { move: offered, rollout } : null);
    setVariant(undefined);
    setOverrides(false);
  };
  return (
    <ConfirmDialog
      title={`${name}: ${targetsWords(rollout)}`}
      action={actionWords(rollout, move, chosen)}
      danger={look === 'danger' || move === 'abort' || move === 're-salt'}
      needsReason={move === 're-salt' || (canOverride && overrides)}
      command={command}
      onDone={({ rollout: moved }) => {
        // What was tried again is another rollout, with a page of its own.
        if (moved && moved.id !== rollout.id) void showRollout(moved.id);
      }}
      trigger={
        <Button className={`button ${look}`} isDisabled={isRefused}>
          {icon}
          {name}
        </Button>
      }
      onOpenChange={change}
    >
      {hasChanged && (
        <Notice tone="wait" role="alert" title="The rollout changed while this was open">
          It is {STATE_WORDS[rollout.state].toLowerCase()} at {formatPercent(currentStep(rollout).percentage)} now. Below is what would
          happen now.
        </Notice>
      )}
      {move === 'promote-variant' && <VariantChoice view={view} value={chosen} onChange={setVariant} />}
      {whatHappens(rollout, move, chosen).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {isPromotion && <PromotionGrounds view={view} />}
      {canOverride && (
        <NameChecks
          name="override_freeze"
          label={`It is a freeze: ${frozen}`}
          names={['override']}
          words={() => 'Do it all the same; the reason below is needed then'}
          value={overrides ? ['override'] : []}
          onChange={(checked) => setOverrides(checked.length > 0)}
        />
      )}
    </ConfirmDialog>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog, DialogTrigger, Heading } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { currentStep, isWaiting } from '#schemas/rollout-reading.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { type Place, environmentQuery } from '../api/queries.ts';
import { EditIcon } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { formatPercent } from '../words/format.ts';
import { STATE_WORDS, targetsWords } from '../words/rollout-words.ts';
import { EditRolloutForm } from './edit-rollout-form.tsx';

type EditButtonProps = { place: Place; view: RolloutView; isRefused: boolean };

/** Opens what may be changed of a rollout that has not ended. */
export function EditButton({ place, view: { rollout }, isRefused }: EditButtonProps) {
  // The form goes on meaning the rollout that it was opened for; the engine refuses what has come to pass meanwhile.
  const [opened, setOpened] = useState<Rollout | null>(null);
  const { data } = useQuery(environmentQuery(place));
  const hasChanged = opened !== null && (opened.step !== rollout.step || opened.state !== rollout.state);
  return (
    <DialogTrigger isOpen={opened !== null} onOpenChange={(isOpen) => setOpened(isOpen ? rollout : null)}>
      <Button className="button quiet" isDisabled={isRefused || !data}>
        <EditIcon />
        Edit
      </Button>
      <ModalOverlay className="overlay">
        <Modal className="modal wide-modal">
          <Dialog className="dialog">
            <Heading slot="title">Edit: {targetsWords(rollout)}</Heading>
            <p className="muted">
              What is still to come may change. Units, strategy, whom it is for and steps that are over may not: visitors were given them.
              For those, start another rollout.
            </p>
            {opened && isWaiting(opened) && (opened.approvals?.length ?? 0) > 0 && (
              <Notice tone="wait" title="It was approved as it is">
                After a change it must be approved again.
              </Notice>
            )}
            {hasChanged && (
              <Notice tone="wait" role="alert" title="The rollout changed while this was open">
                It is {STATE_WORDS[rollout.state].toLowerCase()} at {formatPercent(currentStep(rollout).percentage)} now. Cancel and open
                this again to change it as it is.
              </Notice>
            )}
            {opened && data && <EditRolloutForm place={place} rollout={opened} document={data.document} onDone={() => setOpened(null)} />}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

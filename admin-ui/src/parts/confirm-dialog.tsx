import type { UseMutationResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog, DialogTrigger, Heading } from 'react-aria-components/Dialog';
import { Form } from 'react-aria-components/Form';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { FieldError } from 'react-aria-components/FieldError';
import { Input, Label, TextField } from 'react-aria-components/TextField';
import type { Reason } from '../api/commands.ts';
import { Refusal } from './notice.tsx';

type Command<Result> = Pick<UseMutationResult<Result, Error, Reason>, 'mutate' | 'isPending' | 'error' | 'reset'>;

export type ConfirmDialogProps<Result> = {
  /** The button that opens it. */
  trigger: ReactNode;
  title: string;
  /** What the confirming button does, in a word or two. */
  action: string;
  /** In words, exactly what will happen. */
  children: ReactNode;
  danger?: boolean;
  /** It is not sent without one. */
  needsReason?: boolean;
  command: Command<Result>;
  /** It was carried out, and the dialog is closed. */
  onDone?: (result: Result) => void;
  onOpenChange?: (isOpen: boolean) => void;
};

/** Asks before a command is sent. A refusal stays in the dialog, so that nothing typed is lost. */
export function ConfirmDialog<Result>({
  trigger,
  title,
  action,
  children,
  danger = false,
  needsReason = false,
  command,
  onDone,
  onOpenChange,
}: ConfirmDialogProps<Result>) {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const change = (open: boolean): void => {
    if (open) {
      setReason('');
      command.reset();
    }
    setOpen(open);
    onOpenChange?.(open);
  };
  const confirm = (): void => {
    if (command.isPending) return;
    const onSuccess = (result: Result): void => {
      change(false);
      onDone?.(result);
    };
    command.mutate(reason.trim() || undefined, { onSuccess });
  };
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={change}>
      {trigger}
      <ModalOverlay className="overlay" isDismissable={!command.isPending}>
        <Modal className="modal">
          <Dialog className="dialog" role="alertdialog">
            <Heading slot="title">{title}</Heading>
            <div className="dialog-words">{children}</div>
            <Form
              onSubmit={(event) => {
                event.preventDefault();
                confirm();
              }}
            >
              <TextField className="field" value={reason} onChange={setReason} maxLength={500} isRequired={needsReason}>
                <Label>
                  Reason <span className="optional">{needsReason ? 'needed, for the history' : 'optional, for the history'}</span>
                </Label>
                <Input className="input" autoComplete="off" />
                <FieldError className="fault" />
              </TextField>
              {command.error && <Refusal error={command.error} />}
              <div className="dialog-buttons">
                <Button className="button" onPress={() => change(false)} isDisabled={command.isPending}>
                  Cancel
                </Button>
                <Button className={danger ? 'button danger solid' : 'button primary'} type="submit" isPending={command.isPending}>
                  {action}
                </Button>
              </div>
            </Form>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

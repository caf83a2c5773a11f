import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Form } from 'react-aria-components/Form';
import type { Document } from '#schemas/document.ts';
import { invalidRequest } from '#schemas/parse.ts';
import { type Fault, ProblemError } from '#schemas/problem.ts';
import { type Rollout, RolloutEdit } from '#schemas/rollout.ts';
import { useEditRollout } from '../api/commands.ts';
import type { Place } from '../api/queries.ts';
import { inWords } from '../fields/fault-words.ts';
import { FormFaults } from '../fields/form-faults.ts';
import { TextField } from '../fields/text-field.tsx';
import { Notice, Refusal } from '../parts/notice.tsx';
import { AnalysisFields } from '../start/analysis-fields.tsx';
import { textOf } from '../start/form-part.ts';
import { LimitsFields } from '../start/limits-fields.tsx';
import { DeadlineFields } from '../start/deadline-fields.tsx';
import { unreadBounds } from '../start/metric-form.ts';
import { MetricsFields } from '../start/metrics-fields.tsx';
import type { StartForm } from '../start/start-form.ts';
import { placeEditFaults } from './edit-faults.ts';
import { changesOf, editFormOf } from './edit-form.ts';
import { EditStepsFields } from './edit-steps-fields.tsx';

type EditRolloutFormProps = { place: Place; rollout: Rollout; document: Document; onDone: () => void };

const NOTHING: readonly Fault[] = [];

/** Changes what is still to come of a rollout. Faults stand beside their fields, the engine's own too. */
export function EditRolloutForm({ place, rollout, document, onDone }: EditRolloutFormProps) {
  const [form, setForm] = useState(() => editFormOf(rollout));
  const [reason, setReason] = useState('');
  const [ownFaults, setOwnFaults] = useState(NOTHING);
  const [isSame, setSame] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const edit = useEditRollout(place, rollout.id);
  const refused = edit.error instanceof ProblemError ? edit.error.problem.errors : undefined;
  const faults = refused ?? ownFaults;
  const isScheduled = rollout.state === 'scheduled';
  const hidden = new Set(['units', 'strategy', 'steps', ...(isScheduled ? [] : ['start_at'])]);
  const { fields, elsewhere } = placeEditFaults(faults, form.steps.length, (field) => !hidden.has(field));
  const part = {
    form: form.plan,
    onChange: (change: Partial<StartForm>) => setForm((before) => ({ ...before, plan: { ...before.plan, ...change } })),
  };

  useEffect(() => {
    if (faults.length > 0)
      element.current?.querySelector<HTMLElement>('.field[data-invalid] :is(input, button):not([tabindex="-1"])')?.focus();
  }, [faults]);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (edit.isPending) return;
    const changes = changesOf(rollout, form);
    const checked = RolloutEdit.safeParse(changes, { error: inWords });
    const found = unreadBounds(checked.success ? NOTHING : (invalidRequest(checked.error).errors ?? NOTHING), form.plan.metrics);
    const isNothing = Object.keys(changes).length === 0;
    edit.reset();
    setSame(isNothing);
    setOwnFaults(found);
    if (found.length === 0 && !isNothing) edit.mutate({ changes, reason: reason.trim() || undefined }, { onSuccess: onDone });
  };

  return (
    <Form ref={element} onSubmit={submit} validationBehavior="aria" className="edit-form">
      <FormFaults value={fields}>
        {isScheduled && <TextField {...textOf(part, 'start_at')} label="Starts at" type="datetime-local" help="In your own time zone" />}
        <EditStepsFields rollout={rollout} steps={form.steps} onChange={(steps) => setForm((before) => ({ ...before, steps }))} />
        <LimitsFields {...part} />
        <AnalysisFields {...part} document={document} />
        <MetricsFields {...part} place={place} />
        <fieldset className="fields">
          <legend>Deadline</legend>
          <DeadlineFields {...part} />
        </fieldset>
        <TextField name="reason" label="Reason" help="Optional, for the history" value={reason} onChange={setReason} />
      </FormFaults>
      {edit.error && <Refusal error={edit.error} faults={elsewhere} />}
      {!edit.error && elsewhere.length > 0 && (
        <Notice tone="bad" role="alert" title="The changes have faults">
          {elsewhere.join(' ')}
        </Notice>
      )}
      {isSame && (
        <Notice tone="wait" role="status" title="Nothing is different yet">
          Change something, or cancel.
        </Notice>
      )}
      <div className="dialog-buttons">
        <Button className="button" onPress={onDone} isDisabled={edit.isPending}>
          Cancel
        </Button>
        <Button className="button primary" type="submit" isPending={edit.isPending}>
          Change the rollout
        </Button>
      </div>
    </Form>
  );
}

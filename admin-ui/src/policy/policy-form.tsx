import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Form } from 'react-aria-components/Form';
import type { Policy } from '#schemas/policy.ts';
import { type Fault, ProblemError } from '#schemas/problem.ts';
import { useSetPolicy } from '../api/commands.ts';
import type { Place } from '../api/queries.ts';
import { PlusIcon } from '../parts/icons.tsx';
import { Refusal } from '../parts/notice.tsx';
import { FormFaults } from '../fields/form-faults.ts';
import { TextField } from '../fields/text-field.tsx';
import { checkPolicy, faultsByField, formOf, newWindow } from './policy-form-state.ts';
import { WindowFields } from './window-fields.tsx';

type PolicyFormProps = { place: Place; policy: Policy; onDone: () => void };

export function PolicyForm({ place, policy, onDone }: PolicyFormProps) {
  const [form, setForm] = useState(() => formOf(policy));
  const [ownFaults, setOwnFaults] = useState<readonly Fault[]>([]);
  const save = useSetPolicy(place);
  const refused = save.error instanceof ProblemError ? save.error.problem.errors : undefined;

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const checked = checkPolicy(form);
    save.reset();
    setOwnFaults(checked.faults);
    if (checked.faults.length === 0 && !save.isPending) save.mutate(checked.policy, { onSuccess: onDone });
  };

  return (
    <Form className="policy-form" onSubmit={submit} validationBehavior="aria" aria-labelledby="policy-heading">
      <FormFaults value={faultsByField(refused ?? ownFaults)}>
        <div className="field-grid">
          <TextField
            name="approvals"
            label="Approvals"
            help="By people other than who starts it"
            inputMode="numeric"
            value={form.approvals}
            onChange={(approvals) => setForm({ ...form, approvals })}
            isRequired
          />
          <TextField
            name="max_rollouts"
            label="Rollouts at once"
            help="Empty: any number"
            inputMode="numeric"
            value={form.max_rollouts}
            onChange={(most) => setForm({ ...form, max_rollouts: most })}
          />
        </div>
        {form.windows.map((window, index) => (
          <WindowFields
            key={index}
            index={index}
            window={window}
            onChange={(part) => setForm({ ...form, windows: form.windows.with(index, { ...window, ...part }) })}
            onRemove={() => setForm({ ...form, windows: form.windows.toSpliced(index, 1) })}
          />
        ))}
      </FormFaults>
      <Button className="button quiet add" onPress={() => setForm({ ...form, windows: [...form.windows, newWindow()] })}>
        <PlusIcon />
        Add a freeze
      </Button>
      {save.error && <Refusal error={save.error} />}
      <div className="dialog-buttons">
        <Button className="button" onPress={onDone} isDisabled={save.isPending}>
          Cancel
        </Button>
        <Button className="button primary" type="submit" isPending={save.isPending}>
          Save the rules
        </Button>
      </div>
    </Form>
  );
}

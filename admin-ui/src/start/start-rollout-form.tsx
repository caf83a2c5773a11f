import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Form } from 'react-aria-components/Form';
import type { Document } from '#schemas/document.ts';
import { type Fault, ProblemError } from '#schemas/problem.ts';
import { useStartRollout } from '../api/commands.ts';
import type { Place } from '../api/queries.ts';
import { Notice, Refusal } from '../parts/notice.tsx';
import { SimulateFold } from '../simulate/simulate-fold.tsx';
import { FormFaults } from '../fields/form-faults.ts';
import { PlanFields } from './plan-fields.tsx';
import { placeFaults } from './place-faults.ts';
import { planWords } from './plan-words.ts';
import { checkForm } from './check-form.ts';
import { isShown } from './shown-fields.ts';
import { EMPTY_FORM, type StartForm } from './start-form.ts';
import type { UnitChoices } from './unit-choices.ts';

const { units, variants, countries, segments, flags, start_at, after, override_freeze, reason } = EMPTY_FORM;
/** What the next rollout must not have from the one before without a word; how steps and limits are it may. */
const OF_ONE_ROLLOUT: Partial<StartForm> = { units, variants, countries, segments, flags, start_at, after, override_freeze, reason };

type StartRolloutFormProps = { place: Place; document: Document; choices: readonly UnitChoices[] };

export function StartRolloutForm({ place, document: desired, choices }: StartRolloutFormProps) {
  const [form, setForm] = useState<StartForm>(EMPTY_FORM);
  const [ownFaults, setOwnFaults] = useState<readonly Fault[]>([]);
  const element = useRef<HTMLFormElement>(null);
  const start = useStartRollout(place);

  const refused = start.error instanceof ProblemError ? start.error.problem : undefined;
  const faults = refused?.errors ?? ownFaults;
  // Of a test there is one step, which the form calls otherwise.
  const told =
    form.strategy === 'ab_test' ? faults.map((fault) => ({ ...fault, path: fault.path.replace(/^\/steps\/0/, '/steps') })) : faults;
  const { fields, elsewhere } = placeFaults(told, (field) => isShown(field, form, desired));

  // New faults only: typing must not pull the focus back.
  useEffect(() => {
    if (faults.length > 0)
      element.current?.querySelector<HTMLElement>('.field[data-invalid] :is(input, button):not([tabindex="-1"])')?.focus();
  }, [faults]);

  const showOwnFaults = (found: readonly Fault[]): void => {
    start.reset();
    setOwnFaults(found);
  };

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const checked = checkForm(form);
    showOwnFaults(checked.faults);
    if (checked.faults.length > 0) return;
    start.mutate(checked.plan, {
      onSuccess: () => {
        setForm({ ...form, ...OF_ONE_ROLLOUT });
        document.getElementById('rollouts-heading')?.focus();
      },
    });
  };

  const words = planWords(form, choices);
  return (
    <Form className="card start-form" ref={element} onSubmit={submit} validationBehavior="aria" aria-labelledby="start-rollout">
      <FormFaults value={fields}>
        <PlanFields
          place={place}
          form={form}
          onChange={(change) => setForm((before) => ({ ...before, ...change }))}
          document={desired}
          choices={choices}
        />
      </FormFaults>
      {start.error && <Refusal error={start.error} faults={elsewhere} />}
      {!start.error && elsewhere.length > 0 && (
        <Notice tone="bad" role="alert" title="The plan has faults">
          {elsewhere.join(' ')}
        </Notice>
      )}
      <SimulateFold check={() => checkForm(form)} onFaults={showOwnFaults} />
      {words && <p className="plan-words">{words}</p>}
      <Button className="button primary wide" type="submit" isPending={start.isPending}>
        Start rollout
      </Button>
    </Form>
  );
}

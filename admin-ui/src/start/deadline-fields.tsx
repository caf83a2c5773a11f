import { RadioChoice } from '../fields/radio-choice.tsx';
import { TextField } from '../fields/text-field.tsx';
import { type FormPart, textOf } from './form-part.ts';
import type { StartForm } from './start-form.ts';

const DEADLINES: Record<StartForm['on_deadline'], [string, string]> = {
  pause: ['Pause', 'and let somebody look'],
  'roll-back': ['Roll back', 'everyone gets the old one'],
};

/** How long a step may take, and what happens then. */
export function DeadlineFields(part: FormPart) {
  const { form, onChange } = part;
  return (
    <>
      <TextField
        {...textOf(part, 'progress_deadline')}
        label="Deadline of a step"
        unit="min"
        inputMode="decimal"
        help="Empty: it waits as long as it takes"
      />
      {form.progress_deadline.trim() !== '' && (
        <RadioChoice
          name="on_deadline"
          label="When that has passed"
          options={DEADLINES}
          value={form.on_deadline}
          onChange={(verb) => onChange({ on_deadline: verb })}
        />
      )}
    </>
  );
}

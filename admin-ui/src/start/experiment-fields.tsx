import type { Goal } from '#schemas/experiment.ts';
import { type FormPart, textOf } from './form-part.ts';
import { RadioChoice } from '../fields/radio-choice.tsx';
import type { StartForm } from './start-form.ts';
import { TextField } from '../fields/text-field.tsx';

const GOALS: Record<Goal, [string, string]> = {
  goal: ['Goal', 'more visitors reach it'],
  feedback: ['Feedback', 'it is better on average'],
  latency: ['Latency', 'it is lower on average'],
  errors: ['Errors', 'fewer visitors have one'],
};

const HORIZONS: Record<StartForm['horizon'], [string, string]> = {
  sequential: ['When it is certain', 'looked at all the time'],
  fixed: ['At a set end', 'decided once, then'],
};

const PROMOTERS: Record<StartForm['promote_winner'], [string, string]> = {
  person: ['A person', 'is shown the proposal'],
  engine: ['The engine', 'as soon as it is decided'],
};

/** What an A/B test is decided by, and when. */
export function ExperimentFields(part: FormPart) {
  const { form, onChange } = part;
  const isFixed = form.horizon === 'fixed';
  return (
    <fieldset className="fields">
      <legend>Decision</legend>
      <RadioChoice name="goal" label="A variant is better when" options={GOALS} value={form.goal} onChange={(goal) => onChange({ goal })} />
      <RadioChoice name="horizon" label="It ends" options={HORIZONS} value={form.horizon} onChange={(horizon) => onChange({ horizon })} />
      <div className="field-grid">
        <TextField
          {...textOf(part, 'horizon_minutes')}
          label={isFixed ? 'After' : 'At the latest after'}
          unit="min"
          inputMode="decimal"
          help={isFixed ? 'And once so many have come:' : 'Empty: when there is a result'}
        />
        {isFixed && (
          <TextField {...textOf(part, 'horizon_visitors')} label="Visitors" inputMode="numeric" help="Of all variants together" />
        )}
        <TextField
          {...textOf(part, 'min_difference')}
          label="Worth having"
          unit="%"
          inputMode="decimal"
          help="Smallest difference"
          isRequired
        />
      </div>
      <RadioChoice
        name="promote_winner"
        label="Who promotes the winner"
        options={PROMOTERS}
        value={form.promote_winner}
        onChange={(promoter) => onChange({ promote_winner: promoter })}
      />
    </fieldset>
  );
}

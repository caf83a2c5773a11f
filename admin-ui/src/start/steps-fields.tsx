import { formatMinutes } from '../words/format.ts';
import { EachStep } from './each-step.tsx';
import { type FormPart, textOf } from './form-part.ts';
import { RadioChoice } from '../fields/radio-choice.tsx';
import { type StartForm, numberOf } from './start-form.ts';
import { TextField } from '../fields/text-field.tsx';

const GROWTHS: Record<StartForm['growth'], [string, string]> = {
  list: ['As listed', 'share by share'],
  ramp: ['Evenly', 'a ramp up to everyone'],
};

const AFTER_CANARY: Record<StartForm['follow_up'], [string, string]> = {
  gradual: ['Gradually on', 'to everyone, step by step'],
  everyone: ['Straight on', 'to everyone at once'],
  wait: ['Wait', 'a person promotes it'],
};

/** How the share grows, as each strategy asks it. */
export function StepsFields(part: FormPart) {
  const { form, onChange } = part;
  switch (form.strategy) {
    case 'immediate':
      return <TextField {...textOf(part, 'duration')} label="Minutes to watch" unit="min" inputMode="decimal" isRequired />;
    case 'ab_test':
      return (
        <div className="field-grid">
          <TextField {...textOf(part, 'test_share')} name="steps" label="Visitors in the test" unit="%" inputMode="decimal" isRequired />
        </div>
      );
    case 'canary':
      return (
        <>
          <div className="field-grid">
            <TextField {...textOf(part, 'canary_steps')} name="steps" label="Canary share" unit="%" isRequired />
            <TextField {...textOf(part, 'duration')} label="Minutes to watch" unit="min" inputMode="decimal" isRequired />
          </div>
          <RadioChoice
            name="follow_up"
            label="Then"
            options={AFTER_CANARY}
            value={form.follow_up}
            onChange={(next) => onChange({ follow_up: next })}
          />
          <EachStep {...part} />
        </>
      );
    case 'gradual':
      return (
        <>
          <RadioChoice
            name="growth"
            label="The share grows"
            options={GROWTHS}
            value={form.growth}
            onChange={(growth) => onChange({ growth })}
          />
          {form.growth === 'list' && (
            <TextField {...textOf(part, 'steps')} label="Steps" unit="%" help="Percentages of visitors, rising to 100" isRequired />
          )}
          {form.growth === 'ramp' && (
            <div className="field-grid">
              <TextField {...textOf(part, 'ramp_from')} label="From" unit="%" inputMode="decimal" isRequired />
              <TextField {...textOf(part, 'ramp_count')} label="In so many" inputMode="numeric" help={rampWords(form)} isRequired />
            </div>
          )}
          <TextField {...textOf(part, 'duration')} label="Minutes per step" unit="min" inputMode="decimal" isRequired />
          {form.growth === 'list' && <EachStep {...part} />}
        </>
      );
  }
}

function rampWords({ ramp_count: count, duration }: StartForm): string {
  const minutes = numberOf(count) * numberOf(duration);
  return minutes > 0 ? `steps up to 100 %, ${formatMinutes(minutes)} in all` : 'steps up to 100 %';
}

import { Button } from 'react-aria-components/Button';
import { isLive } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { ChoiceSelect } from '../fields/choice-select.tsx';
import { TextField } from '../fields/text-field.tsx';
import { CrossIcon, PlusIcon } from '../parts/icons.tsx';
import { GATES, ROLES } from '../start/each-step.tsx';
import { formatMinutes, formatPercent } from '../words/format.ts';
import { type EditStep, withStep } from './edit-form.ts';

const MOST = 50;

type EditStepsFieldsProps = { rollout: Rollout; steps: readonly EditStep[]; onChange: (steps: EditStep[]) => void };

/** The steps: those that are over as a line, the share of the current one as it is, and all that is to come to change. */
export function EditStepsFields({ rollout, steps, onChange }: EditStepsFieldsProps) {
  const stands = isLive(rollout) ? rollout.step : -1;
  const past = rollout.steps.slice(0, Math.max(0, stands));
  const change = (index: number, part: Partial<EditStep>): void => onChange(steps.with(index, { ...steps[index]!, ...part }));
  return (
    <fieldset className="fields">
      <legend>Steps</legend>
      {past.length > 0 && (
        <p className="help">
          Over, and stay as they were:{' '}
          {past.map((step) => `${formatPercent(step.percentage)} for ${formatMinutes(step.duration)}`).join(', ')}.
        </p>
      )}
      {steps.map((step, index) => {
        if (index < stands) return null;
        const isNow = index === stands;
        const name = isNow ? 'Current step' : `Step ${index + 1}`;
        return (
          <div key={index} className="variant" role="group" aria-label={name}>
            <div className="edit-step" data-fixed={isNow}>
              {isNow ? (
                <div className="field">
                  <span className="edit-step-now">Now at {formatPercent(Number(step.percentage))}</span>
                  <span className="help">Promote or restart it to change its share</span>
                </div>
              ) : (
                <TextField
                  name={`edit_steps.${index}.percentage`}
                  label={name}
                  unit="%"
                  inputMode="decimal"
                  value={step.percentage}
                  onChange={(percentage) => change(index, { percentage })}
                  isRequired
                />
              )}
              <TextField
                name={`edit_steps.${index}.duration`}
                label="Lasts"
                unit="min"
                inputMode="decimal"
                value={step.duration}
                onChange={(duration) => change(index, { duration })}
                isRequired
              />
              {!isNow && steps.length > Math.max(1, stands + 1) && (
                <Button
                  className="button quiet icon-only"
                  aria-label={`Remove step ${index + 1}`}
                  onPress={() => onChange(steps.toSpliced(index, 1))}
                >
                  <CrossIcon />
                </Button>
              )}
            </div>
            <div className="field-grid">
              <ChoiceSelect label="Then it" options={GATES} value={step.gate} onChange={(gate) => change(index, { gate })} />
              {step.gate === 'manual' && (
                <ChoiceSelect label="Who" options={ROLES} value={step.role} onChange={(role) => change(index, { role })} />
              )}
            </div>
          </div>
        );
      })}
      {steps.length < MOST && (
        <Button className="button quiet add" onPress={() => onChange(withStep(steps, stands))}>
          <PlusIcon />
          Add a step
        </Button>
      )}
    </fieldset>
  );
}

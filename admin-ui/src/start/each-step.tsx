import { useHasFaults } from '../fields/form-faults.ts';
import { Fold } from '../parts/fold.tsx';
import { formatPercent } from '../words/format.ts';
import { ChoiceSelect } from '../fields/choice-select.tsx';
import type { FormPart } from './form-part.ts';
import { type StepForm, USUAL_STEP, listedSteps } from './start-form.ts';
import { TextField } from '../fields/text-field.tsx';

export const GATES: Record<StepForm['gate'], string> = {
  analysis: 'goes on if healthy',
  auto: 'goes on unless unhealthy',
  manual: 'waits for a person',
};
export const ROLES: Record<StepForm['role'], string> = { anyone: 'any operator', operator: 'an operator', admin: 'an administrator' };

/** What ends each step, who may end it, and how long it lasts, where that differs. */
export function EachStep({ form, onChange }: FormPart) {
  const shares = listedSteps(form) ?? [];
  const change = (index: number, part: Partial<StepForm>): void => {
    const next = { ...(form.each_step[index] ?? USUAL_STEP), ...part };
    const isUsual = next.gate === USUAL_STEP.gate && next.duration === '';
    const { [index]: _, ...others } = form.each_step;
    onChange({ each_step: isUsual ? others : { ...others, [index]: next } });
  };
  const changed = shares.filter((_, index) => form.each_step[index]).length;
  return (
    <Fold
      title="Gates and times"
      mustShow={useHasFaults(['each_step'])}
      summary={changed === 0 ? 'every one goes on by itself, if healthy' : `${changed} of ${shares.length} set by you`}
    >
      <div className="each-step">
        {shares.map((share, index) => {
          const { gate, role, duration } = form.each_step[index] ?? USUAL_STEP;
          const which = Number.isNaN(share) ? `${index + 1}` : formatPercent(share);
          return (
            <div key={index} className="field-grid" role="group" aria-label={`At ${which}`}>
              <ChoiceSelect label={`At ${which} it`} options={GATES} value={gate} onChange={(next) => change(index, { gate: next })} />
              {gate === 'manual' && (
                <ChoiceSelect label="Who" options={ROLES} value={role} onChange={(next) => change(index, { role: next })} />
              )}
              <TextField
                name={`each_step.${index}`}
                label="Minutes"
                unit="min"
                inputMode="decimal"
                value={duration}
                placeholder={form.duration}
                onChange={(next) => change(index, { duration: next })}
              />
            </div>
          );
        })}
      </div>
    </Fold>
  );
}

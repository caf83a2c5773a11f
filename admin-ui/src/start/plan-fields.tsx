import type { Document } from '#schemas/document.ts';
import { AnalysisFields } from './analysis-fields.tsx';
import { CriteriaFields } from './criteria-fields.tsx';
import { ExperimentFields } from './experiment-fields.tsx';
import { type FormPart, textOf } from './form-part.ts';
import { ScheduleFields } from './schedule-fields.tsx';
import { StepsFields } from './steps-fields.tsx';
import { StrategyChoice } from './strategy-choice.tsx';
import { TextField } from '../fields/text-field.tsx';
import type { UnitChoices } from './unit-choices.ts';
import { UnitsFields } from './units-fields.tsx';
import { VariantsFields } from './variants-fields.tsx';

type PlanFieldsProps = FormPart & { document: Document; choices: readonly UnitChoices[] };

export function PlanFields({ document, choices, ...part }: PlanFieldsProps) {
  const { form, onChange } = part;
  const isTest = form.strategy === 'ab_test';
  return (
    <>
      {!isTest && <UnitsFields {...part} choices={choices} />}
      <StrategyChoice value={form.strategy} onChange={(strategy) => onChange({ strategy, each_step: {} })} />
      {isTest && <VariantsFields {...part} choices={choices} />}
      <StepsFields {...part} />
      {isTest && <ExperimentFields {...part} />}
      <fieldset className="fields">
        <legend>Limits</legend>
        <p className="help">Outside of them the rollout is taken back by itself.</p>
        <div className="field-grid">
          <TextField {...textOf(part, 'min_health_score')} label="Min health score" inputMode="decimal" isRequired />
          <TextField {...textOf(part, 'max_error_rate')} label="Max error rate" unit="%" inputMode="decimal" isRequired />
          <TextField {...textOf(part, 'min_feedback')} label="Min feedback" inputMode="decimal" isRequired />
          <TextField {...textOf(part, 'min_samples')} label="Min visitors" inputMode="numeric" isRequired />
        </div>
      </fieldset>
      <CriteriaFields {...part} document={document} />
      <AnalysisFields {...part} document={document} />
      <ScheduleFields {...part} document={document} />
      <TextField {...textOf(part, 'reason')} label="Reason" help="Optional, for the history" />
    </>
  );
}

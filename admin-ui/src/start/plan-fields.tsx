import type { Document } from '#schemas/document.ts';
import type { Place } from '../api/queries.ts';
import { AnalysisFields } from './analysis-fields.tsx';
import { CriteriaFields } from './criteria-fields.tsx';
import { ExperimentFields } from './experiment-fields.tsx';
import { type FormPart, textOf } from './form-part.ts';
import { LimitsFields } from './limits-fields.tsx';
import { MetricsFields } from './metrics-fields.tsx';
import { ScheduleFields } from './schedule-fields.tsx';
import { StepsFields } from './steps-fields.tsx';
import { StrategyChoice } from './strategy-choice.tsx';
import { TextField } from '../fields/text-field.tsx';
import type { UnitChoices } from './unit-choices.ts';
import { UnitsList } from './units-list.tsx';
import { VariantsFields } from './variants-fields.tsx';

type PlanFieldsProps = FormPart & { place: Place; document: Document; choices: readonly UnitChoices[] };

export function PlanFields({ place, document, choices, ...part }: PlanFieldsProps) {
  const { form, onChange } = part;
  const isTest = form.strategy === 'ab_test';
  return (
    <>
      {!isTest && <UnitsList name="units" label="Unit" units={form.units} choices={choices} onChange={(units) => onChange({ units })} />}
      <StrategyChoice value={form.strategy} onChange={(strategy) => onChange({ strategy, each_step: {} })} />
      {isTest && <VariantsFields {...part} choices={choices} />}
      <StepsFields {...part} />
      {isTest && <ExperimentFields {...part} />}
      <LimitsFields {...part} />
      <CriteriaFields {...part} document={document} />
      <AnalysisFields {...part} document={document} />
      <MetricsFields {...part} place={place} />
      <ScheduleFields {...part} document={document} />
      <TextField {...textOf(part, 'reason')} label="Reason" help="Optional, for the history" />
    </>
  );
}

import type { Document } from '#schemas/document.ts';
import { NameChecks } from './name-checks.tsx';
import type { StartForm } from './start-form.ts';
import { StrategyChoice } from './strategy-choice.tsx';
import { TextField } from './text-field.tsx';
import type { UnitChoices } from './unit-choices.ts';
import { UnitSelect } from './unit-select.tsx';

type PlanFieldsProps = {
  form: StartForm;
  onChange: (change: Partial<StartForm>) => void;
  document: Document;
  choices: readonly UnitChoices[];
};

export function PlanFields({ form, onChange, document, choices }: PlanFieldsProps) {
  /** A text field's share of the form. */
  const text = <F extends 'steps' | 'duration' | 'countries' | 'reason' | LimitField>(name: F) => ({
    name,
    value: form[name],
    onChange: (value: string) => onChange({ [name]: value }),
  });
  const isGradual = form.strategy === 'gradual';
  return (
    <>
      <UnitSelect choices={choices} value={form.unit} onChange={(unit) => onChange({ unit })} />
      <StrategyChoice value={form.strategy} onChange={(strategy) => onChange({ strategy })} />
      {isGradual && <TextField {...text('steps')} label="Steps" unit="%" help="Percentages of visitors, rising to 100" isRequired />}
      <TextField
        {...text('duration')}
        label={isGradual ? 'Minutes per step' : 'Minutes to watch'}
        unit="min"
        inputMode="decimal"
        isRequired
      />
      <fieldset className="fields">
        <legend>Limits</legend>
        <p className="help">Outside of them the rollout is taken back by itself.</p>
        <div className="field-grid">
          <TextField {...text('min_health_score')} label="Min health score" inputMode="decimal" isRequired />
          <TextField {...text('max_error_rate')} label="Max error rate" unit="%" inputMode="decimal" isRequired />
          <TextField {...text('min_feedback')} label="Min feedback" inputMode="decimal" isRequired />
          <TextField {...text('min_samples')} label="Min visitors" inputMode="numeric" isRequired />
        </div>
      </fieldset>
      <fieldset className="fields">
        <legend>Only for</legend>
        <TextField {...text('countries')} label="Countries" help="Two-letter codes such as KR, DE. Empty: everywhere" />
        <NameChecks
          name="segments"
          label="Visitors in any of these segments"
          names={Object.keys(document.segments)}
          value={form.segments}
          onChange={(segments) => onChange({ segments })}
        />
        <NameChecks
          name="flags"
          label="Visitors with all of these flags on"
          names={Object.keys(document.flags)}
          value={form.flags}
          onChange={(flags) => onChange({ flags })}
        />
      </fieldset>
      <TextField {...text('reason')} label="Reason" help="Optional, for the history" />
    </>
  );
}

type LimitField = 'min_health_score' | 'max_error_rate' | 'min_feedback' | 'min_samples';

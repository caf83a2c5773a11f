import { TextField } from '../fields/text-field.tsx';
import { type FormPart, textOf } from './form-part.ts';

/** Guard rails of last resort. */
export const LimitsFields = (part: FormPart) => (
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
);

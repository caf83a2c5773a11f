import type { Document } from '#schemas/document.ts';
import { type FormPart, textOf } from './form-part.ts';
import { NameChecks } from '../fields/name-checks.tsx';
import { TextField } from '../fields/text-field.tsx';

/** Who can be given it at all. */
export const CriteriaFields = ({ document, ...part }: FormPart & { document: Document }) => (
  <fieldset className="fields">
    <legend>Only for</legend>
    <TextField {...textOf(part, 'countries')} label="Countries" help="Two-letter codes such as KR, DE. Empty: everywhere" />
    <NameChecks
      name="segments"
      label="Visitors in any of these segments"
      names={Object.keys(document.segments)}
      value={part.form.segments}
      onChange={(segments) => part.onChange({ segments })}
    />
    <NameChecks
      name="flags"
      label="Visitors with all of these flags on"
      names={Object.keys(document.flags)}
      value={part.form.flags}
      onChange={(flags) => part.onChange({ flags })}
    />
  </fieldset>
);

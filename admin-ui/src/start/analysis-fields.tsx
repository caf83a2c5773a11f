import { Comparison } from '#schemas/analysis.ts';
import type { Document } from '#schemas/document.ts';
import { Fold } from '../parts/fold.tsx';
import { COMPARISON_WORDS } from '../words/evidence-words.ts';
import { listWords } from '../words/format.ts';
import { useHasFaults } from '../fields/form-faults.ts';
import { type FormPart, textOf } from './form-part.ts';
import { NameChecks } from '../fields/name-checks.tsx';
import { RadioChoice } from '../fields/radio-choice.tsx';
import type { StartForm } from './start-form.ts';
import { TextField } from '../fields/text-field.tsx';

const PROMOTIONS: Record<StartForm['promotion'], [string, string]> = {
  evidence: ['Evidence', 'a regression is ruled out first'],
  limits: ['Limits', 'none is broken; for little traffic'],
};

const FIELDS = ['promotion', 'exclude', 'compare', 'compared_segments', 'warm_up'];

/** How it is judged beside the limits: by a comparison with those who did not get it. */
export function AnalysisFields({ document, ...part }: FormPart & { document: Document }) {
  const { form, onChange } = part;
  const compared = form.compare.map((metric) => COMPARISON_WORDS[metric].name.toLowerCase());
  const summary = `by ${form.promotion}; ${compared.length > 0 ? `compares ${listWords(compared)}` : 'compares nothing'}`;
  return (
    <Fold title="Analysis" summary={summary} mustShow={useHasFaults(FIELDS)}>
      <RadioChoice
        name="promotion"
        label="It goes on by"
        options={PROMOTIONS}
        value={form.promotion}
        onChange={(promotion) => onChange({ promotion })}
      />
      {form.promotion === 'evidence' && (
        <TextField
          {...textOf(part, 'exclude')}
          label="To be ruled out"
          unit="×"
          help="For each share in turn: how many times as many errors. The last one goes for all after it"
          isRequired
        />
      )}
      <NameChecks
        name="compare"
        label="Compared with the control"
        names={Comparison.options}
        words={(metric) => COMPARISON_WORDS[metric as Comparison].name}
        value={form.compare}
        onChange={(compare) => onChange({ compare: Comparison.options.filter((metric) => compare.includes(metric)) })}
      />
      <NameChecks
        name="compared_segments"
        label="And on their own in these segments"
        names={Object.keys(document.segments)}
        value={form.compared_segments}
        onChange={(segments) => onChange({ compared_segments: segments })}
      />
      <TextField
        {...textOf(part, 'warm_up')}
        label="Warm-up"
        unit="min"
        inputMode="decimal"
        help="Left out of the comparison: caches are cold. The limits hold meanwhile"
        isRequired
      />
    </Fold>
  );
}

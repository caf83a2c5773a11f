import { Button } from 'react-aria-components/Button';
import type { MetricRole } from '#schemas/analysis.ts';
import type { MetricSourceList } from '#schemas/api.ts';
import { ChoiceSelect } from '../fields/choice-select.tsx';
import { useHasFaults } from '../fields/form-faults.ts';
import { NameChecks } from '../fields/name-checks.tsx';
import { TextField } from '../fields/text-field.tsx';
import { Fold } from '../parts/fold.tsx';
import { CrossIcon } from '../parts/icons.tsx';
import type { MetricForm } from './metric-form.ts';

const ROLES: Record<MetricRole, string> = {
  guardrail: 'takes it back (guardrail)',
  signal: 'pauses it (signal)',
  info: 'is only shown (info)',
};

const REDUCTIONS: Record<MetricForm['reduce'], string> = { mean: 'its mean', min: 'its least', max: 'its most', last: 'its last value' };

const PACE = [
  'failure_limit',
  'inconclusive_limit',
  'consecutive_error_limit',
  'interval_seconds',
  'initial_delay_seconds',
  'dry_run',
] as const;

type TextPart = {
  [Name in keyof MetricForm]: MetricForm[Name] extends string ? (string extends MetricForm[Name] ? Name : never) : never;
}[keyof MetricForm];

type MetricFieldsProps = {
  index: number;
  metric: MetricForm;
  sources: MetricSourceList['sources'];
  onChange: (part: Partial<MetricForm>) => void;
  onRemove: () => void;
};

/** One outside metric: what is asked, when it fails, and what comes of that. */
export function MetricFields({ index, metric, sources, onChange, onRemove }: MetricFieldsProps) {
  const text = (part: TextPart) => ({
    name: `metrics.${index}.${part}`,
    value: metric[part],
    onChange: (value: string) => onChange({ [part]: value }),
  });
  const names = Object.fromEntries(sources.map(({ name, kind }) => [name, kind === 'web' ? `${name} (JSON)` : `${name} (PromQL)`]));
  const every = `every ${metric.interval_seconds} s${metric.dry_run ? ', as a dry run' : ''}`;
  const allowed = metric.failure_limit.trim() === '0' ? 'none may fail' : `${metric.failure_limit} may fail`;
  return (
    <div className="variant" role="group" aria-label={`Metric ${index + 1}`}>
      <div className="edit-step">
        <TextField {...text('name')} label="Name" isRequired />
        <ChoiceSelect
          name={`metrics.${index}.source`}
          label="Source"
          options={{ ...names, ...(names[metric.source] ? {} : { [metric.source]: `${metric.source} (not there any more)` }) }}
          value={metric.source}
          onChange={(source) => onChange({ source, kind: sources.find(({ name }) => name === source)?.kind ?? metric.kind })}
        />
        <Button className="button quiet icon-only" aria-label={`Remove metric ${index + 1}`} onPress={onRemove}>
          <CrossIcon />
        </Button>
      </div>
      {metric.kind === 'prometheus' ? (
        <>
          <TextField
            {...text('query')}
            label="Query"
            lines={3}
            help="PromQL that gives one number. {{unit}}, {{arm}}, {{building}} and {{rollout}} are filled in"
            isRequired
          />
          <div className="field-grid">
            <TextField {...text('range')} label="Over the last" unit="min" inputMode="decimal" help="Empty: its value now" />
            {metric.range.trim() !== '' && (
              <ChoiceSelect label="As" options={REDUCTIONS} value={metric.reduce} onChange={(reduce) => onChange({ reduce })} />
            )}
          </div>
        </>
      ) : (
        <>
          <TextField {...text('path')} label="Path" help="Below the source's address, such as orders/{{unit}}/failed" isRequired />
          <TextField
            {...text('pointer')}
            label="Where the number is"
            help="JSON Pointer, such as /data/0/value. Empty: the answer is the number"
          />
        </>
      )}
      <div className="field-grid">
        <TextField {...text('failure')} label="Fails when it is" placeholder="> 0.02" help="Such as > 0.02" />
        <TextField {...text('success')} label="Is good when it is" help="Empty: whenever it does not fail" />
      </div>
      <ChoiceSelect label="If it fails too often, it" options={ROLES} value={metric.role} onChange={(role) => onChange({ role })} />
      <Fold
        title="Limits and pace"
        summary={`${every}; ${allowed}`}
        mustShow={useHasFaults(PACE.map((name) => `metrics.${index}.${name}`))}
      >
        <div className="field-grid">
          <TextField {...text('interval_seconds')} label="Measured every" unit="s" inputMode="decimal" isRequired />
          <TextField {...text('initial_delay_seconds')} label="First after" unit="s" inputMode="decimal" help="In each step" isRequired />
          <TextField {...text('failure_limit')} label="May fail" inputMode="numeric" help="Times in a step" isRequired />
          <TextField {...text('inconclusive_limit')} label="May be unclear" inputMode="numeric" help="Times in a step" isRequired />
          <TextField {...text('consecutive_error_limit')} label="May not answer" inputMode="numeric" help="Times in a row" isRequired />
        </div>
        <NameChecks
          name={`metrics.${index}.dry_run`}
          label="Trial"
          names={['dry']}
          words={() => 'Dry run: measure and show it, decide nothing'}
          value={metric.dry_run ? ['dry'] : []}
          onChange={(checked) => onChange({ dry_run: checked.length > 0 })}
        />
      </Fold>
    </div>
  );
}

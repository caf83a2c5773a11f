import { Button } from 'react-aria-components/Button';
import { CrossIcon, PlusIcon } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import type { FormPart } from './form-part.ts';
import { useFaults } from '../fields/form-faults.ts';
import type { VariantForm } from './start-form.ts';
import { TextField } from '../fields/text-field.tsx';
import type { UnitChoices } from './unit-choices.ts';
import { UnitsList } from './units-list.tsx';

const MOST = 20;

/** The sides of an A/B test: each with a name, a weight beside the others, and the units that it gives. */
export function VariantsFields({ form, onChange, choices }: FormPart & { choices: readonly UnitChoices[] }) {
  const { variants } = form;
  const faults = useFaults('variants');
  const total = variants.reduce((sum, { weight }) => sum + (Number(weight.replace(',', '.')) || 0), 0);
  const change = (index: number, part: Partial<VariantForm>) =>
    onChange({ variants: variants.with(index, { ...variants[index]!, ...part }) });
  return (
    <fieldset className="fields">
      <legend>Variants</legend>
      <p className="help">The one without new units is the control. Without such a one, the first is.</p>
      {faults.length > 0 && <Notice tone="bad" role="alert" title={faults.join(' ')} />}
      {variants.map(({ name, weight, units }, index) => (
        <div key={index} className="variant" role="group" aria-label={`Variant ${index + 1}`}>
          <div className="variant-head">
            <TextField
              name={`variants.${index}.name`}
              label="Name"
              value={name}
              onChange={(next) => change(index, { name: next })}
              isRequired
            />
            <TextField
              name={`variants.${index}.weight`}
              label="Weight"
              inputMode="decimal"
              value={weight}
              onChange={(next) => change(index, { weight: next })}
              unit={total > 0 ? `${Math.round((100 * (Number(weight.replace(',', '.')) || 0)) / total)} %` : ''}
              isRequired
            />
            {variants.length > 2 && (
              <Button
                className="button quiet icon-only"
                aria-label={`Remove variant ${index + 1}`}
                onPress={() => onChange({ variants: variants.toSpliced(index, 1) })}
              >
                <CrossIcon />
              </Button>
            )}
          </div>
          <UnitsList
            name={`variants.${index}.units`}
            label="Gives"
            none="What is active now"
            choices={choices}
            units={units}
            onChange={(next) => change(index, { units: next })}
          />
        </div>
      ))}
      {variants.length < MOST && (
        <Button
          className="button quiet add"
          onPress={() => onChange({ variants: [...variants, { name: nextName(variants), weight: '1', units: [null] }] })}
        >
          <PlusIcon />
          Add a variant
        </Button>
      )}
    </fieldset>
  );
}

/** The first letter, from b on, that no variant has. */
const nextName = (variants: readonly VariantForm[]): string =>
  [...'bcdefghijklmnopqrstuvwxyz'].find((letter) => variants.every(({ name }) => name !== letter)) ?? '';

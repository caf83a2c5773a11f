import { Button } from 'react-aria-components/Button';
import { CrossIcon, PlusIcon } from '../parts/icons.tsx';
import type { FormPart } from './form-part.ts';
import type { UnitChoices } from './unit-choices.ts';
import { UnitSelect } from './unit-select.tsx';

/** The unit that moves; or several of different buildings, which a visitor is given together or not at all. */
export function UnitsFields({ form, onChange, choices }: FormPart & { choices: readonly UnitChoices[] }) {
  const { units } = form;
  const buildingOf = (unit: string | null) => choices.find((choice) => choice.units.some((one) => one.unit.id === unit))?.building;
  const change = (index: number, unit: string | null) => onChange({ units: units.with(index, unit) });
  return (
    <>
      {units.map((unit, index) => {
        const taken = new Set(units.filter((_, other) => other !== index).map(buildingOf));
        return (
          <div key={index} className={index > 0 ? 'with-remove' : undefined}>
            <UnitSelect
              name={index === 0 ? 'units' : `units.${index}`}
              label={index === 0 ? 'Unit' : 'And with it'}
              choices={choices.filter(({ building }) => !taken.has(building))}
              value={unit}
              onChange={(next) => change(index, next)}
            />
            {index > 0 && (
              <Button
                className="button quiet icon-only"
                aria-label="Remove this unit"
                onPress={() => onChange({ units: units.toSpliced(index, 1) })}
              >
                <CrossIcon />
              </Button>
            )}
          </div>
        );
      })}
      {units.length < choices.length && units.at(-1) !== null && (
        <Button className="button quiet add" onPress={() => onChange({ units: [...units, null] })}>
          <PlusIcon />
          Move another building with it
        </Button>
      )}
    </>
  );
}

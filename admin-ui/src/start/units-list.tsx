import { Button } from 'react-aria-components/Button';
import { CrossIcon, PlusIcon } from '../parts/icons.tsx';
import type { UnitChoices } from './unit-choices.ts';
import { UnitSelect } from './unit-select.tsx';

type UnitsListProps = {
  /** The field's name: faults of the whole list are shown at its first unit. */
  name: string;
  label: string;
  /** What the first may be instead of a unit. */
  none?: string;
  units: readonly (string | null)[];
  choices: readonly UnitChoices[];
  onChange: (units: (string | null)[]) => void;
};

/** One unit; or several of different buildings, which a visitor is given together or not at all. */
export function UnitsList({ name, label, none, units, choices, onChange }: UnitsListProps) {
  const buildingOf = (unit: string | null) => choices.find((choice) => choice.units.some((one) => one.unit.id === unit))?.building;
  const change = (index: number, unit: string | null): void =>
    // Nothing goes together with what is active now.
    onChange(index === 0 && unit === null ? [null] : units.with(index, unit));
  return (
    <>
      {units.map((unit, index) => {
        const taken = new Set(units.filter((_, other) => other !== index).map(buildingOf));
        return (
          <div key={index} className={index > 0 ? 'with-remove' : undefined}>
            <UnitSelect
              name={index === 0 ? name : `${name}.${index}`}
              label={index === 0 ? label : 'And with it'}
              choices={choices.filter(({ building }) => !taken.has(building))}
              value={unit}
              onChange={(next) => change(index, next)}
              {...(none !== undefined && index === 0 ? { none } : {})}
            />
            {index > 0 && (
              <Button className="button quiet icon-only" aria-label="Remove this unit" onPress={() => onChange(units.toSpliced(index, 1))}>
                <CrossIcon />
              </Button>
            )}
          </div>
        );
      })}
      {units.length < choices.length && units.at(-1) !== null && (
        <Button className="button quiet add" onPress={() => onChange([...units, null])}>
          <PlusIcon />
          Move another building with it
        </Button>
      )}
    </>
  );
}

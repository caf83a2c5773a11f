import { Checkbox, CheckboxGroup, Label } from 'react-aria-components/CheckboxGroup';
import { CheckIcon } from '../parts/icons.tsx';
import { FieldFaults } from './field-faults.tsx';

type NameChecksProps = { name: string; label: string; names: readonly string[]; value: string[]; onChange: (value: string[]) => void };

/** A list of names to tick; nothing at all when there are none. */
export const NameChecks = ({ name, label, names, value, onChange }: NameChecksProps) =>
  names.length > 0 && (
    <CheckboxGroup className="field" name={name} value={value} onChange={onChange}>
      <Label>{label}</Label>
      <div className="checks">
        {names.map((item) => (
          <Checkbox key={item} value={item} className="check">
            <span className="check-box">
              <CheckIcon />
            </span>
            {item}
          </Checkbox>
        ))}
      </div>
      <FieldFaults />
    </CheckboxGroup>
  );

import { Checkbox, CheckboxGroup, Label } from 'react-aria-components/CheckboxGroup';
import { CheckIcon } from '../parts/icons.tsx';
import { FieldFaults } from './field-faults.tsx';
import { useFaults } from './form-faults.ts';

type NameChecksProps = {
  name: string;
  label: string;
  names: readonly string[];
  /** What stands beside each box; left out: the name itself. */
  words?: (name: string) => string;
  value: readonly string[];
  onChange: (value: string[]) => void;
};

/** A list of names to tick; nothing at all when there are none. */
export function NameChecks({ name, label, names, words = (item) => item, value, onChange }: NameChecksProps) {
  const faults = useFaults(name);
  if (names.length === 0) return null;
  return (
    <CheckboxGroup className="field" name={name} value={[...value]} onChange={onChange} isInvalid={faults.length > 0}>
      <Label>{label}</Label>
      <div className="checks">
        {names.map((item) => (
          <Checkbox key={item} value={item} className="check">
            <span className="check-box">
              <CheckIcon />
            </span>
            {words(item)}
          </Checkbox>
        ))}
      </div>
      <FieldFaults faults={faults} />
    </CheckboxGroup>
  );
}

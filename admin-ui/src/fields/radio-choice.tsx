import { Label, Radio, RadioGroup } from 'react-aria-components/RadioGroup';
import { FieldFaults } from './field-faults.tsx';
import { useFaults } from './form-faults.ts';

type RadioChoiceProps<Value extends string> = {
  name: string;
  label: string;
  /** Each value with its name and a few words. */
  options: Record<Value, [name: string, words: string]>;
  value: Value;
  onChange: (value: Value) => void;
};

export function RadioChoice<Value extends string>({ name, label, options, value, onChange }: RadioChoiceProps<Value>) {
  const faults = useFaults(name);
  return (
    <RadioGroup className="field" name={name} value={value} onChange={(next) => onChange(next as Value)} isInvalid={faults.length > 0}>
      <Label>{label}</Label>
      <div className="choices">
        {Object.entries<[string, string]>(options).map(([option, [title, words]]) => (
          <Radio key={option} value={option} className="choice">
            <span className="choice-dot" />
            <span>
              {title} <span className="why">{words}</span>
            </span>
          </Radio>
        ))}
      </div>
      <FieldFaults faults={faults} />
    </RadioGroup>
  );
}

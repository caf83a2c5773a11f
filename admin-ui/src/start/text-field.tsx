import { Input, Label, Text, TextField as AriaTextField } from 'react-aria-components/TextField';
import { FieldFaults } from './field-faults.tsx';
import { useFaults } from './form-faults.ts';

type TextFieldProps = {
  name: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  help?: string;
  /** What the number counts; shown inside the field. */
  unit?: string;
  inputMode?: 'decimal' | 'numeric' | 'text';
  isRequired?: boolean;
};

export function TextField({ name, label, value, onChange, help, unit, inputMode = 'text', isRequired = false }: TextFieldProps) {
  const faults = useFaults(name);
  return (
    <AriaTextField className="field" name={name} value={value} onChange={onChange} isRequired={isRequired} isInvalid={faults.length > 0}>
      <Label>{label}</Label>
      <span className="input-box">
        <Input className="input" inputMode={inputMode} autoComplete="off" />
        {unit && (
          <span className="input-unit" aria-hidden="true">
            {unit}
          </span>
        )}
      </span>
      {help && (
        <Text slot="description" className="help">
          {help}
        </Text>
      )}
      <FieldFaults faults={faults} />
    </AriaTextField>
  );
}

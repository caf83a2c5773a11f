import { Input, Label, Text, TextField as AriaTextField } from 'react-aria-components/TextField';
import { FieldFaults } from './field-faults.tsx';

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

export const TextField = ({ name, label, value, onChange, help, unit, inputMode = 'text', isRequired = false }: TextFieldProps) => (
  <AriaTextField className="field" name={name} value={value} onChange={onChange} isRequired={isRequired}>
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
    <FieldFaults />
  </AriaTextField>
);

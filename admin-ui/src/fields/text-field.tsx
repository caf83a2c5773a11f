import { Input, Label, Text, TextArea, TextField as AriaTextField } from 'react-aria-components/TextField';
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
  type?: 'text' | 'datetime-local';
  placeholder?: string;
  /** So many lines to type in; left out: one. */
  lines?: number;
};

export function TextField({ name, label, help, unit, inputMode = 'text', placeholder, lines, ...field }: TextFieldProps) {
  const faults = useFaults(name);
  return (
    <AriaTextField {...field} className="field" name={name} isInvalid={faults.length > 0}>
      <Label>{label}</Label>
      <span className="input-box">
        {lines === undefined ? (
          <Input className="input" inputMode={inputMode} autoComplete="off" placeholder={placeholder} />
        ) : (
          <TextArea className="input mono" rows={lines} autoComplete="off" spellCheck={false} placeholder={placeholder} />
        )}
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

import { Button } from 'react-aria-components/Button';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Label, Select, SelectValue } from 'react-aria-components/Select';
import { FieldFaults } from './field-faults.tsx';
import { useFaults } from './form-faults.ts';
import { ChevronIcon } from '../parts/icons.tsx';

type ChoiceSelectProps<Value extends string> = {
  /** The field's name, where the engine may find a fault with the choice. */
  name?: string;
  label: string;
  options: Record<Value, string>;
  value: Value;
  onChange: (value: Value) => void;
};

/** One of a few words. */
export function ChoiceSelect<Value extends string>({ name = '', label, options, value, onChange }: ChoiceSelectProps<Value>) {
  const faults = useFaults(name);
  return (
    <Select className="field" value={value} onChange={(key) => onChange(key as Value)} isInvalid={faults.length > 0}>
      <Label>{label}</Label>
      <Button className="input select-button">
        <SelectValue />
        <ChevronIcon />
      </Button>
      <FieldFaults faults={faults} />
      <Popover className="popover">
        <ListBox className="list-box">
          {Object.entries<string>(options).map(([option, words]) => (
            <ListBoxItem key={option} id={option} textValue={words} className="list-item">
              {words}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

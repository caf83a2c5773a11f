import { Button } from 'react-aria-components/Button';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Label, Select, SelectValue } from 'react-aria-components/Select';
import { ChevronIcon } from '../parts/icons.tsx';

type ChoiceSelectProps<Value extends string> = {
  label: string;
  options: Record<Value, string>;
  value: Value;
  onChange: (value: Value) => void;
};

/** One of a few words. */
export const ChoiceSelect = <Value extends string>({ label, options, value, onChange }: ChoiceSelectProps<Value>) => (
  <Select className="field" value={value} onChange={(key) => onChange(key as Value)}>
    <Label>{label}</Label>
    <Button className="input select-button">
      <SelectValue />
      <ChevronIcon />
    </Button>
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

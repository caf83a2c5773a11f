import { channelOf } from '#schemas/channel.ts';
import { Button } from 'react-aria-components/Button';
import { Header } from 'react-aria-components/Header';
import { ListBox, ListBoxItem, ListBoxSection } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Label, Select, SelectValue, Text } from 'react-aria-components/Select';
import { ChevronIcon } from '../parts/icons.tsx';
import { When } from '../parts/when.tsx';
import { unitWords } from '../words/rollout-words.ts';
import { FieldFaults } from '../fields/field-faults.tsx';
import { useFaults } from '../fields/form-faults.ts';
import type { UnitChoices } from './unit-choices.ts';

type UnitSelectProps = {
  /** The field's name, by which its faults are found. */
  name: string;
  label?: string;
  choices: readonly UnitChoices[];
  value: string | null;
  onChange: (unit: string | null) => void;
  /** What may be chosen instead of a unit. */
  none?: string;
};

const NONE = 'none';

export function UnitSelect({ name, label = 'Unit', choices, value, onChange, none }: UnitSelectProps) {
  const faults = useFaults(name);
  return (
    <Select
      className="field"
      name={name}
      value={value ?? (none ? NONE : null)}
      onChange={(key) => onChange(key === null || key === NONE ? null : String(key))}
      placeholder="Choose a unit"
      isRequired={!none}
      isInvalid={faults.length > 0}
    >
      <Label>{label}</Label>
      <Button className="input select-button">
        <SelectValue />
        <ChevronIcon />
      </Button>
      <FieldFaults faults={faults} />
      <Popover className="popover">
        <ListBox className="list-box">
          {none && (
            <ListBoxItem id={NONE} textValue={none} className="list-item">
              <Text slot="label">{none}</Text>
            </ListBoxItem>
          )}
          {choices.map((choice) => (
            <Section key={choice.building} {...choice} />
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

const Section = ({ building, active, isMoving, units }: UnitChoices) => (
  <ListBoxSection id={building}>
    <Header className="list-header">
      {building}, now {unitWords(active)}
      {isMoving && '. Its rollout is live: end that first'}
    </Header>
    {units.map(({ unit, published_at: at, misfit }) => (
      <ListBoxItem key={unit.id} id={unit.id} textValue={unitWords(unit.id)} className="list-item" isDisabled={isMoving}>
        <Text slot="label">{unitWords(unit.id)}</Text>
        <span className="muted list-detail" slot="description">
          {channelOf(unit)}, <When at={at} />
          {misfit && <span className="list-misfit">Does not fit alone: {misfit}</span>}
        </span>
      </ListBoxItem>
    ))}
  </ListBoxSection>
);

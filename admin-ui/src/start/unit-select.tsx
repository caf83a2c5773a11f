import { Button } from 'react-aria-components/Button';
import { Header } from 'react-aria-components/Header';
import { ListBox, ListBoxItem, ListBoxSection } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Label, Select, SelectValue, Text } from 'react-aria-components/Select';
import { ChevronIcon } from '../parts/icons.tsx';
import { When } from '../parts/when.tsx';
import { unitWords } from '../words/rollout-words.ts';
import { FieldFaults } from './field-faults.tsx';
import { useFaults } from './form-faults.ts';
import type { UnitChoices } from './unit-choices.ts';

type UnitSelectProps = { choices: readonly UnitChoices[]; value: string | null; onChange: (unit: string | null) => void };

export function UnitSelect({ choices, value, onChange }: UnitSelectProps) {
  const faults = useFaults('unit');
  return (
    <Select
      className="field"
      name="unit"
      value={value}
      onChange={(key) => onChange(key === null ? null : String(key))}
      placeholder="Choose a unit"
      isRequired
      isInvalid={faults.length > 0}
    >
      <Label>Unit</Label>
      <Button className="input select-button">
        <SelectValue />
        <ChevronIcon />
      </Button>
      <FieldFaults faults={faults} />
      <Popover className="popover">
        <ListBox className="list-box">
          {choices.map(({ building, active, isMoving, units }) => (
            <ListBoxSection key={building} id={building}>
              <Header className="list-header">
                {building}, now {unitWords(active)}
                {isMoving && '. Its rollout is live: end that first'}
              </Header>
              {units.map(({ unit, published_at: at }) => (
                <ListBoxItem key={unit.id} id={unit.id} textValue={unitWords(unit.id)} className="list-item" isDisabled={isMoving}>
                  <Text slot="label">{unitWords(unit.id)}</Text>
                  <span className="muted list-detail" slot="description">
                    {unit.status}, <When at={at} />
                  </span>
                </ListBoxItem>
              ))}
            </ListBoxSection>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

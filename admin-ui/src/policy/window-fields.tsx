import { Button } from 'react-aria-components/Button';
import type { Weekday } from '#schemas/policy.ts';
import { CrossIcon } from '../parts/icons.tsx';
import { NameChecks } from '../fields/name-checks.tsx';
import { TextField } from '../fields/text-field.tsx';
import type { WindowForm } from './policy-form-state.ts';
import { DAYS, DAY_WORDS } from './policy-words.ts';

type WindowFieldsProps = { index: number; window: WindowForm; onChange: (part: Partial<WindowForm>) => void; onRemove: () => void };

/** One freeze window of the week. */
export function WindowFields({ index, window, onChange, onRemove }: WindowFieldsProps) {
  const text = (part: 'from' | 'to' | 'time_zone' | 'reason') => ({
    name: `windows.${index}.${part}`,
    value: window[part],
    onChange: (value: string) => onChange({ [part]: value }),
  });
  return (
    <div className="variant" role="group" aria-label={`Freeze ${index + 1}`}>
      <div className="with-remove">
        <NameChecks
          name={`windows.${index}.days`}
          label="Begins on"
          names={DAYS}
          words={(day) => DAY_WORDS[day as Weekday].slice(0, 3)}
          value={window.days}
          onChange={(days) => onChange({ days: DAYS.filter((day) => days.includes(day)) })}
        />
        <Button className="button quiet icon-only" aria-label={`Remove freeze ${index + 1}`} onPress={onRemove}>
          <CrossIcon />
        </Button>
      </div>
      <div className="field-grid">
        <TextField {...text('from')} label="From" isRequired />
        <TextField {...text('to')} label="To" help="Not after “from”: on the next day" isRequired />
        <TextField {...text('time_zone')} label="Time zone" isRequired />
        <TextField {...text('reason')} label="Why" help="Optional" />
      </div>
    </div>
  );
}

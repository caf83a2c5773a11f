import { Label, Radio, RadioGroup } from 'react-aria-components/RadioGroup';
import { FieldFaults } from './field-faults.tsx';
import { useFaults } from './form-faults.ts';
import type { StartForm } from './start-form.ts';

type Strategy = StartForm['strategy'];

const STRATEGIES: Record<Strategy, [name: string, words: string]> = {
  gradual: ['Gradual', 'step by step, only while healthy'],
  immediate: ['Immediate', 'everyone at once, then watched'],
};

export function StrategyChoice({ value, onChange }: { value: Strategy; onChange: (value: Strategy) => void }) {
  const faults = useFaults('strategy');
  return (
    <RadioGroup
      className="field"
      name="strategy"
      value={value}
      onChange={(next) => onChange(next as Strategy)}
      isInvalid={faults.length > 0}
    >
      <Label>Strategy</Label>
      <div className="choices">
        {Object.entries(STRATEGIES).map(([strategy, [name, words]]) => (
          <Radio key={strategy} value={strategy} className="choice">
            <span className="choice-dot" />
            <span>
              {name} <span className="why">{words}</span>
            </span>
          </Radio>
        ))}
      </div>
      <FieldFaults faults={faults} />
    </RadioGroup>
  );
}

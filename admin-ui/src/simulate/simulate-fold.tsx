import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Fault } from '#schemas/problem.ts';
import type { RolloutPlanInput } from '#schemas/rollout.ts';
import { Fold } from '../parts/fold.tsx';
import { Refusal } from '../parts/notice.tsx';
import { numberOf } from '../start/start-form.ts';
import { TextField } from '../fields/text-field.tsx';
import { SimulationView } from './simulation-view.tsx';
import { useSimulation } from './use-simulation.ts';

type SimulateFoldProps = {
  /** The plan as the form says it now, and what is wrong with it; faults are shown at their fields. */
  check: () => { plan: RolloutPlanInput; faults: readonly Fault[] };
  onFaults: (faults: readonly Fault[]) => void;
};

const RUNS = 100;

/** "With my traffic, how long will this take, and what would it catch?" */
export function SimulateFold({ check, onFaults }: SimulateFoldProps) {
  const [traffic, setTraffic] = useState('1000');
  const [errors, setErrors] = useState('0.5');
  const simulation = useSimulation();
  const run = (): void => {
    const { plan, faults } = check();
    onFaults(faults);
    if (faults.length > 0 || simulation.isPending) return;
    simulation.mutate({
      plan,
      visitors_per_minute: numberOf(traffic),
      scenario: { baseline: { error_rate: numberOf(errors) } },
      runs: RUNS,
    });
  };
  return (
    <Fold title="Try it on simulated visitors" summary="how long would it take, and what would it catch?">
      <div className="field-grid">
        <TextField name="visitors_per_minute" label="Visitors a minute" inputMode="decimal" value={traffic} onChange={setTraffic} />
        <TextField name="error_rate" label="Usual error rate" unit="%" inputMode="decimal" value={errors} onChange={setErrors} />
      </div>
      <Button className="button" onPress={run} isPending={simulation.isPending}>
        {simulation.isPending ? 'Simulating…' : 'Simulate'}
      </Button>
      {simulation.error && <Refusal error={simulation.error} />}
      <div aria-live="polite">{simulation.data && !simulation.isPending && <SimulationView simulation={simulation.data} />}</div>
    </Fold>
  );
}

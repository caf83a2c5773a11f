import { useState } from 'react';
import type { MoveBody } from '../api/apartment-commands.ts';
import { NameChecks } from '../fields/name-checks.tsx';
import { RadioChoice } from '../fields/radio-choice.tsx';

type How = 'now' | 'rollout';

const HOWS: Record<How, [string, string]> = {
  now: ['At once', 'everybody gets them, in one revision'],
  rollout: ['By a rollout', '5, 25, 50, 100 %, each step judged before the next'],
};

const PERMITS = {
  take_back: 'Take back the rollouts that are under way there',
  override_freeze: 'Do it in a freeze, too; the reason below is needed then',
};
type Permit = keyof typeof PERMITS;

/** What a person chose of how units are moved. */
export function useMoveChoices() {
  const [how, setHow] = useState<How>('now');
  const [permits, setPermits] = useState<readonly string[]>([]);
  const has = (permit: Permit): boolean => permits.includes(permit) && (permit !== 'take_back' || how === 'now');
  const body: MoveBody = {
    ...(how === 'rollout' ? { plan: {} } : {}),
    ...(has('take_back') ? { take_back: true } : {}),
    ...(has('override_freeze') ? { override_freeze: true } : {}),
  };
  const reset = (): void => {
    setHow('now');
    setPermits([]);
  };
  return { how, setHow, permits, setPermits, body, needsReason: has('override_freeze'), reset };
}

/** At once or by a rollout, and what may stand in the way. */
export const MoveChoices = ({ choices: { how, setHow, permits, setPermits } }: { choices: ReturnType<typeof useMoveChoices> }) => (
  <>
    <RadioChoice name="plan" label="How" options={HOWS} value={how} onChange={setHow} />
    <NameChecks
      name="permits"
      label="If something stands in its way"
      names={how === 'now' ? ['take_back', 'override_freeze'] : ['override_freeze']}
      words={(permit) => PERMITS[permit as Permit]}
      value={permits}
      onChange={setPermits}
    />
  </>
);

import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { counted } from '#schemas/counted.ts';
import { Policy } from '#schemas/policy.ts';
import { mayAdminister, useIdentity } from '../api/permissions.ts';
import type { Place } from '../api/queries.ts';
import { PolicyForm } from './policy-form.tsx';
import { windowWords } from './policy-words.ts';

const NO_RULES = Policy.parse({});

/** The rules that every rollout of the environment is held to. Rollbacks are held to none. */
export function PolicySection({ place, policy = NO_RULES }: { place: Place; policy: Policy | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const identity = useIdentity();
  return (
    <section aria-labelledby="policy-heading">
      <h2 id="policy-heading">Rules for rollouts</h2>
      <div className="card policy">
        {isOpen ? <PolicyForm place={place} policy={policy} onDone={() => setOpen(false)} /> : <Rules policy={policy} />}
        {!isOpen && mayAdminister(identity) && (
          <Button className="button" onPress={() => setOpen(true)}>
            Change the rules
          </Button>
        )}
        {!mayAdminister(identity) && <p className="muted">Only an administrator may change them.</p>}
      </div>
    </section>
  );
}

const Rules = ({ policy: { approvals, max_rollouts: most, freeze_windows: windows } }: { policy: Policy }) => (
  <ul className="rules">
    <li>
      {approvals === 0
        ? 'A rollout starts without approval.'
        : `A rollout needs the approval of ${approvals === 1 ? 'one other person' : `${approvals} other people`} before it runs.`}
    </li>
    <li>{most === undefined ? 'Any number of rollouts may run at once.' : `At most ${counted(most, 'rollout')} at once.`}</li>
    {windows.length === 0 && <li>There are no freezes: the engine takes steps at any time.</li>}
    {windows.map((window) => (
      <li key={windowWords(window)}>Freeze: {windowWords(window)}. Nothing starts and no step is taken; rollbacks are.</li>
    ))}
  </ul>
);

import type { Rollout } from '#schemas/rollout.ts';
import { StateBadge } from '../parts/badge.tsx';
import { targetsWords } from '../words/rollout-words.ts';

/** Rollouts that are planned: what they wait for, and nothing to steer yet. */
export function WaitingRollouts({ rollouts }: { rollouts: readonly Rollout[] }) {
  if (rollouts.length === 0) return null;
  return (
    <ul className="card record-list" aria-label="Planned rollouts">
      {rollouts.map((rollout) => (
        <li key={rollout.id} className="record" data-rollout-id={rollout.id} data-rollout-state={rollout.state}>
          <div>
            <p>
              <strong>{targetsWords(rollout)}</strong> <StateBadge state={rollout.state} />
            </p>
            <p>{rollout.state_reason}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

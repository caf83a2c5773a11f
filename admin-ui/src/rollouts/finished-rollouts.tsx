import type { RolloutView } from '#schemas/api.ts';
import { StateBadge } from '../parts/badge.tsx';
import { When } from '../parts/when.tsx';
import { hasEnded, targetsWords } from '../words/rollout-words.ts';

export function FinishedRollouts({ rollouts }: { rollouts: readonly RolloutView[] }) {
  const finished = rollouts.map(({ rollout }) => rollout).filter(hasEnded);
  const newestFirst = finished.toSorted((a, b) => (b.ended_at ?? 0) - (a.ended_at ?? 0));
  return (
    <section aria-labelledby="finished-heading">
      <h2 id="finished-heading">Finished rollouts</h2>
      {newestFirst.length === 0 && <p className="muted">None yet.</p>}
      {newestFirst.length > 0 && (
        <ul className="card record-list">
          {newestFirst.map((rollout) => (
            <li key={rollout.id} className="record" data-rollout-id={rollout.id} data-rollout-state={rollout.state}>
              <div>
                <p>
                  <strong>{targetsWords(rollout)}</strong> <StateBadge state={rollout.state} />
                </p>
                <p>{rollout.state_reason}</p>
                <p className="muted">
                  <When at={rollout.ended_at ?? rollout.started_at} /> · <span className="mono">{rollout.id}</span>
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

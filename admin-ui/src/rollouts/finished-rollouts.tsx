import type { RolloutView } from '#schemas/rollout-view.ts';
import type { Place } from '../api/queries.ts';
import { StateBadge, UndoneBadge } from '../parts/badge.tsx';
import { When } from '../parts/when.tsx';
import { isUnderWay, targetsWords } from '../words/rollout-words.ts';
import { RolloutLink } from './rollout-link.tsx';

export function FinishedRollouts({ place, rollouts }: { place: Place; rollouts: readonly RolloutView[] }) {
  const finished = rollouts.map(({ rollout }) => rollout).filter((rollout) => !isUnderWay(rollout));
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
                  <strong>
                    <RolloutLink place={place} id={rollout.id}>
                      {targetsWords(rollout)}
                    </RolloutLink>
                  </strong>{' '}
                  <StateBadge state={rollout.state} /> {rollout.undone_at !== undefined && <UndoneBadge />}
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

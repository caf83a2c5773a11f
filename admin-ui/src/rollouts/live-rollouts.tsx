import { useEffect, useRef } from 'react';
import { isLive, isWaiting } from '#schemas/rollout-reading.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import type { Place } from '../api/queries.ts';
import { Empty } from '../parts/notice.tsx';
import { EndedNotices } from './ended-notices.tsx';
import { RolloutCard } from './rollout-card.tsx';

type LiveRolloutsProps = { place: Place; rollouts: readonly RolloutView[]; clockAhead: number };

export function LiveRollouts({ place, rollouts, clockAhead }: LiveRolloutsProps) {
  const live = rollouts.filter(({ rollout }) => isLive(rollout));
  const waiting = rollouts.filter(({ rollout }) => isWaiting(rollout));
  const known = Object.fromEntries(rollouts.map(({ rollout }) => [rollout.id, rollout]));
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that ended a rollout goes away with it; whoever uses the keyboard must not be thrown to the page's top.
  const count = useRef(live.length);
  useEffect(() => {
    if (live.length < count.current && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
    count.current = live.length;
  }, [live.length]);
  return (
    <section className="live" aria-labelledby="rollouts-heading">
      <h2 id="rollouts-heading" ref={heading} tabIndex={-1}>
        {live.length === 1 ? 'Live rollout' : 'Live rollouts'}
      </h2>
      <EndedNotices rollouts={rollouts} />
      {live.length === 0 && (
        <Empty title="No rollout is live.">
          <p>
            Every visitor gets the active units above. Publish a new version, then <a href="#start-rollout">start its rollout</a>.
          </p>
        </Empty>
      )}
      {live.map((view) => (
        <RolloutCard key={view.rollout.id} place={place} view={view} rollouts={known} clockAhead={clockAhead} />
      ))}
      {waiting.length > 0 && <h2>Waiting {waiting.length === 1 ? 'rollout' : 'rollouts'}</h2>}
      {waiting.map((view) => (
        <RolloutCard key={view.rollout.id} place={place} view={view} rollouts={known} clockAhead={clockAhead} />
      ))}
    </section>
  );
}

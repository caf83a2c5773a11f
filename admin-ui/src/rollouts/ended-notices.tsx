import { useState } from 'react';
import { hasBegun } from '#schemas/rollout-reading.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import type { Rollout, RolloutState } from '#schemas/rollout.ts';
import type { Tone } from '../parts/badge.tsx';
import { BackIcon, CheckIcon, StopIcon } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { isUnderWay, newUnits, oldUnits } from '../words/rollout-words.ts';

type Ended = Extract<RolloutState, 'completed' | 'rolled-back' | 'aborted'>;

const TONES: Record<Ended, [Tone, React.ReactNode]> = {
  completed: ['good', <CheckIcon key="icon" />],
  'rolled-back': ['bad', <BackIcon key="icon" />],
  aborted: ['calm', <StopIcon key="icon" />],
};

/** A rollout that ends while somebody watches must not just vanish from the screen. */
export function EndedNotices({ rollouts }: { rollouts: readonly RolloutView[] }) {
  const [seenEnded, setSeenEnded] = useState(
    () => new Set(rollouts.filter(({ rollout }) => !isUnderWay(rollout)).map(({ rollout }) => rollout.id)),
  );
  const fresh = rollouts.filter(({ rollout }) => !isUnderWay(rollout) && !seenEnded.has(rollout.id));
  return (
    <div aria-live="polite" className="ended">
      {fresh.map(({ rollout }) => {
        const [tone, icon] = TONES[rollout.state as Ended];
        return (
          <Notice
            key={rollout.id}
            tone={tone}
            icon={icon}
            title={titleOf(rollout)}
            onDismiss={() => setSeenEnded(new Set(seenEnded).add(rollout.id))}
          >
            <p>{rollout.state_reason}</p>
          </Notice>
        );
      })}
    </div>
  );
}

function titleOf(rollout: Rollout): string {
  if (rollout.state === 'completed') return `Completed: everyone gets ${newUnits(rollout)}`;
  if (!hasBegun(rollout)) return `Aborted before it began: nobody was given ${newUnits(rollout)}`;
  return `${rollout.state === 'aborted' ? 'Aborted' : 'Rolled back'}: everyone gets ${oldUnits(rollout)} again`;
}

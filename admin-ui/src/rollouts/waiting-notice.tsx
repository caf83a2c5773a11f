import type { Document } from '#schemas/document.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import { WaitIcon } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { useNow } from '../parts/use-now.ts';
import { waitOf } from './waiting-words.ts';

type WaitingNoticeProps = { view: RolloutView; rollouts: Document['rollouts']; clockAhead: number };

export function WaitingNotice({ view, rollouts, clockAhead }: WaitingNoticeProps) {
  const wait = waitOf(view, rollouts, useNow(1_000) - clockAhead);
  if (!wait) return null;
  return (
    <div data-testid="waits-for">
      <Notice tone={wait.tone} icon={<WaitIcon />} title={wait.title}>
        {wait.words.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </Notice>
    </div>
  );
}

import type { ReactNode } from 'react';
import type { RolloutState } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { STATE_WORDS } from '../words/rollout-words.ts';
import { VERDICT_WORDS } from '../words/health-words.ts';
import { BackIcon, CheckIcon, CrossIcon, PauseIcon, PlayIcon, StopIcon, WaitIcon, WarnIcon } from './icons.tsx';

export type Tone = 'good' | 'bad' | 'wait' | 'calm' | 'live';

export const Badge = ({ tone, icon, children }: { tone: Tone; icon?: ReactNode; children: ReactNode }) => (
  <span className="badge" data-tone={tone}>
    {icon}
    {children}
  </span>
);

const STATES: Record<RolloutState, [Tone, ReactNode]> = {
  scheduled: ['wait', <WaitIcon key="icon" />],
  'awaiting-approval': ['wait', <WaitIcon key="icon" />],
  running: ['live', <PlayIcon key="icon" />],
  paused: ['wait', <PauseIcon key="icon" />],
  completed: ['good', <CheckIcon key="icon" />],
  'rolled-back': ['bad', <BackIcon key="icon" />],
  aborted: ['calm', <StopIcon key="icon" />],
};

export function StateBadge({ state }: { state: RolloutState }) {
  const [tone, icon] = STATES[state];
  return (
    <Badge tone={tone} icon={icon}>
      {STATE_WORDS[state]}
    </Badge>
  );
}

export const UndoneBadge = () => (
  <Badge tone="bad" icon={<BackIcon />}>
    Undone
  </Badge>
);

const VERDICTS: Record<Verdict['verdict'], [Tone, ReactNode]> = {
  healthy: ['good', <CheckIcon key="icon" />],
  unhealthy: ['bad', <CrossIcon key="icon" />],
  inconclusive: ['wait', <WaitIcon key="icon" />],
  error: ['bad', <WarnIcon key="icon" />],
};

export function VerdictBadge({ verdict }: { verdict: Verdict['verdict'] }) {
  const [tone, icon] = VERDICTS[verdict];
  return (
    <Badge tone={tone} icon={icon}>
      {VERDICT_WORDS[verdict]}
    </Badge>
  );
}

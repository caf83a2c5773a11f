import type { Document } from '#schemas/document.ts';
import { currentStep, gateOf } from '#schemas/rollout-reading.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Tone } from '../parts/badge.tsx';
import { formatDuration, formatWhen, listWords } from '../words/format.ts';
import { ROLE_WORDS, STATE_WORDS, targetsWords } from '../words/rollout-words.ts';

const MS_PER_MINUTE = 60_000;

export type Wait = { tone: Tone; title: string; words: string[] };

/** What the rollout waits for, and until when, at `now` by the engine's clock; null: it waits for nothing but its step's time. */
export function waitOf(view: RolloutView, rollouts: Document['rollouts'], now: number): Wait | null {
  switch (view.rollout.state) {
    case 'scheduled':
    case 'awaiting-approval':
      return beforeItsStart(view, rollouts, now);
    case 'paused':
      return {
        tone: 'wait',
        title: 'Paused: waits for somebody to resume it',
        words: [`Since ${formatWhen(view.rollout.paused_at ?? now, now)}. ${view.rollout.state_reason}`],
      };
    case 'running':
      return atItsStep(view, now);
    default:
      return null;
  }
}

function beforeItsStart({ rollout, frozen, frozen_until: until }: RolloutView, rollouts: Document['rollouts'], now: number): Wait {
  const { start_at: at = 0, after = [], approvals_needed: needed = 0, approvals = [] } = rollout;
  const open = after.filter((id) => rollouts[id]?.state !== 'completed');
  const words = [
    at > now && `It starts at ${formatWhen(at, now)}, in ${formatDuration(at - now)}.`,
    open.length > 0 &&
      `It starts when ${listWords(open.map((id) => otherWords(id, rollouts[id])))} ${open.length === 1 ? 'has' : 'have'} completed.`,
    needed > 0 && approvalWords(rollout, needed, approvals),
    frozen !== undefined && `It starts after the freeze: ${frozen}.${untilWords(until, now)}`,
  ].filter((part) => part !== false);
  const isApproval = rollout.state === 'awaiting-approval';
  const isTold = at > now || open.length > 0 || approvals.length < needed || frozen !== undefined;
  return {
    tone: 'wait',
    title: isApproval ? `Waits for approval: ${approvals.length} of ${needed}` : 'Waits to be started',
    words: isTold ? words : [...words, rollout.state_reason], // for a free place, or for the engine to look
  };
}

const otherWords = (id: string, other: Rollout | undefined): string =>
  other ? `${targetsWords(other)} (${STATE_WORDS[other.state].toLowerCase()})` : id;

function approvalWords({ started_by: starter }: Rollout, needed: number, approvals: NonNullable<Rollout['approvals']>): string {
  const given = approvals.length > 0 ? `Approved by ${listWords(approvals.map(({ by }) => by))}. ` : '';
  const missing = needed - approvals.length;
  return missing <= 0
    ? `${given}All approvals are there.`
    : `${given}${missing === 1 ? 'One more person' : `${missing} more people`} other than ${starter}, who started it, must approve.`;
}

function atItsStep({ rollout, step_ends_at: endsAt, verdict, frozen, frozen_until: until }: RolloutView, now: number): Wait | null {
  const gate = gateOf(rollout, rollout.step);
  const deadline = deadlineWords(rollout, now);
  if (frozen !== undefined) {
    const words = [`${frozen}.${untilWords(until, now)} It takes no step by itself before. It is still taken back if it turns unhealthy.`];
    return { tone: 'wait', title: 'Frozen', words };
  }
  if (rollout.proposal) {
    const { variant, result } = rollout.proposal;
    return { tone: 'live', title: `Proposes ${variant}: waits for a person to promote it`, words: [result.message] };
  }
  if (endsAt === null || endsAt > now) return deadline === null ? null : { tone: 'calm', title: 'Deadline', words: [deadline] };
  const since = `The step's time was up at ${formatWhen(endsAt, now)}.`;
  const more = deadline === null ? [] : [deadline];
  if (gate === 'manual') {
    const { role } = currentStep(rollout);
    return { tone: 'wait', title: `Waits for ${role ? ROLE_WORDS[role] : 'a person'} to promote it`, words: [since, ...more] };
  }
  if (gate === 'test')
    return { tone: 'wait', title: 'Waits for the test to be decided', words: [verdict?.test?.message ?? since, ...more] };
  const because = verdict?.reasons[0]?.message;
  return { tone: 'wait', title: 'Waits for evidence to go on', words: [since, ...(because ? [because] : []), ...more] };
}

/** Several windows may follow on each other: this is the end of the last. */
const untilWords = (until: number | undefined, now: number): string =>
  until === undefined ? '' : ` That is over at ${formatWhen(until, now)}, in ${formatDuration(until - now)}.`;

function deadlineWords(
  { progress_deadline: deadline, on_deadline: action = 'pause', step_started_at: since }: Rollout,
  now: number,
): string | null {
  if (deadline === undefined) return null;
  const at = since + deadline * MS_PER_MINUTE;
  const verb = action === 'pause' ? 'paused' : 'rolled back';
  return `If this step has not ended at ${formatWhen(at, now)}${at > now ? `, in ${formatDuration(at - now)}` : ''}, it is ${verb}.`;
}

import type { TokenRole } from '#schemas/api.ts';
import type { CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import { MAX_PERIODS, type Rollout, type RolloutState } from '#schemas/rollout.ts';
import { applyVerdict } from './apply-verdict.ts';
import { approve } from './approve-rollout.ts';
import { beginRollout } from './begin-rollout.ts';
import { editRollout } from './edit-rollout.ts';
import { neighboursOf } from './place-in-layer.ts';
import { promote } from './promote-rollout.ts';
import { end, pause, restart, resume, takeBack } from './rollout-moves.ts';

export const ROLLOUT_VERBS = [
  'begin-rollout',
  'approve-rollout',
  'edit-rollout',
  'pause-rollout',
  'resume-rollout',
  'promote-rollout',
  'restart-rollout',
  're-salt-rollout',
  'abort-rollout',
  'roll-back-rollout',
  'judge-rollout',
] as const;
type Verb = (typeof ROLLOUT_VERBS)[number];
export type RolloutCommand = CommandOf<Verb>;

/** Who acts and when (epoch ms). `role` is what the actor's token may do; the engine itself has none. */
export type Circumstances = { now: number; actor: string; role?: TokenRole };

const NEVER: readonly RolloutState[] = [];

/** Of states in which nothing can happen any more. A rollout that was taken back is tried again as a new one. */
const ENDED: Record<Verb, readonly RolloutState[]> = {
  'begin-rollout': NEVER,
  'approve-rollout': NEVER,
  'edit-rollout': NEVER,
  'pause-rollout': NEVER,
  'resume-rollout': NEVER,
  'promote-rollout': NEVER,
  'restart-rollout': NEVER,
  're-salt-rollout': NEVER,
  'abort-rollout': NEVER,
  'roll-back-rollout': NEVER,
  'judge-rollout': NEVER,
};

/** The whole machine: from each state, where each command may lead. An empty list is a refusal. */
export const TRANSITIONS: Record<RolloutState, Record<Verb, readonly RolloutState[]>> = {
  scheduled: {
    ...ENDED,
    'begin-rollout': ['scheduled', 'awaiting-approval', 'running', 'aborted'],
    'approve-rollout': ['scheduled'],
    'edit-rollout': ['scheduled'],
    'abort-rollout': ['aborted'],
    'roll-back-rollout': ['aborted'],
  },
  'awaiting-approval': {
    ...ENDED,
    'begin-rollout': ['scheduled', 'awaiting-approval', 'running', 'aborted'],
    'approve-rollout': ['awaiting-approval'],
    'edit-rollout': ['awaiting-approval'],
    'abort-rollout': ['aborted'],
    'roll-back-rollout': ['aborted'],
  },
  running: {
    ...ENDED,
    'edit-rollout': ['running'],
    'pause-rollout': ['paused'],
    'promote-rollout': ['running', 'completed'],
    'restart-rollout': ['running'],
    're-salt-rollout': ['running'],
    'abort-rollout': ['aborted'],
    'roll-back-rollout': ['rolled-back'],
    'judge-rollout': ['running', 'paused', 'completed', 'rolled-back'],
  },
  paused: {
    ...ENDED,
    'edit-rollout': ['paused'],
    'resume-rollout': ['running'],
    'promote-rollout': ['running', 'completed'],
    'restart-rollout': ['running'],
    're-salt-rollout': ['paused'],
    'abort-rollout': ['aborted'],
    'roll-back-rollout': ['rolled-back'],
    'judge-rollout': ['paused', 'rolled-back'],
  },
  completed: ENDED,
  'rolled-back': ENDED,
  aborted: ENDED,
};

/**
 * The rollout of the document after the command. The very same object comes back when the command changes nothing, as most
 * judgements do. A state that does not take the command is the problem `rollout-state`; other refusals say what is wrong.
 */
export function transition(document: Document, rollout: Rollout, command: RolloutCommand, at: Circumstances): Rollout | Problem {
  const { now } = at;
  if (TRANSITIONS[rollout.state][command.type].length === 0) {
    // As the command line has it.
    const verb = command.type === 'roll-back-rollout' ? 'rollback' : command.type.slice(0, -'-rollout'.length);
    return problem('rollout-state', `Rollout ${rollout.id} is ${rollout.state}; it cannot take "${verb}".`);
  }
  switch (command.type) {
    case 'begin-rollout':
      return beginRollout(document, rollout, now);
    case 'approve-rollout':
      return approve(document, rollout, command, at);
    case 'edit-rollout':
      return editRollout(rollout, command, at);
    case 'pause-rollout':
      return pause(rollout, now, command.reason ?? 'Paused by a person.');
    case 'resume-rollout':
      return resume(rollout, now, command.reason ?? 'Resumed by a person.');
    case 'promote-rollout':
      return promote(document, rollout, command, at);
    case 'restart-rollout':
      return restartRollout(rollout, now, command.reason ?? 'Restarted by a person.');
    case 're-salt-rollout':
      return reSalt(document, rollout, command, now);
    case 'abort-rollout':
      return end(rollout, 'aborted', now, command.reason ?? 'Aborted by a person.');
    case 'roll-back-rollout':
      return takeBack(rollout, now, command.reason ?? 'Rolled back by a person.');
    case 'judge-rollout':
      return applyVerdict(document, rollout, command.verdict, now);
  }
}

function restartRollout(rollout: Rollout, now: number, reason: string): Rollout | Problem {
  if ((rollout.periods?.length ?? 0) < MAX_PERIODS) return restart(rollout, now, reason);
  return problem('unprocessable', `Rollout ${rollout.id} has gone through ${MAX_PERIODS} periods; abort it and retry it instead.`);
}

function reSalt(document: Document, rollout: Rollout, { salt, reason }: CommandOf<'re-salt-rollout'>, now: number): Rollout | Problem {
  const others = neighboursOf(document, rollout).map(({ id }) => id);
  if (others.length === 0) return { ...rollout, salt, step_started_at: now, state_reason: reason };
  const detail = `Rollout ${rollout.id} shares its layer with ${others.join(', ')}, whose visitors would change sides too.`;
  return problem('rollout-overlaps', detail);
}

import type { CommandOf } from '#schemas/command.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import type { Rollout, RolloutState } from '#schemas/rollout.ts';
import { MS_PER_MINUTE, asksForSomebody, currentStep, isLastStep } from './rollout-state.ts';

export type RolloutCommand =
  | CommandOf<'pause-rollout'>
  | CommandOf<'resume-rollout'>
  | CommandOf<'promote-rollout'>
  | CommandOf<'abort-rollout'>
  | CommandOf<'roll-back-rollout'>
  | CommandOf<'re-salt-rollout'>
  | CommandOf<'judge-rollout'>;

type Verb = RolloutCommand['type'];

/** The whole machine: from each state, where each command may lead. An empty list is a refusal. */
export const TRANSITIONS: Record<RolloutState, Record<Verb, readonly RolloutState[]>> = {
  running: {
    'pause-rollout': ['paused'],
    'resume-rollout': [],
    'promote-rollout': ['running', 'completed'],
    'abort-rollout': ['aborted'],
    'roll-back-rollout': ['rolled-back'],
    're-salt-rollout': ['running'],
    'judge-rollout': ['running', 'completed', 'rolled-back'],
  },
  paused: {
    'pause-rollout': [],
    'resume-rollout': ['running'],
    'promote-rollout': ['running', 'completed'],
    'abort-rollout': ['aborted'],
    'roll-back-rollout': ['rolled-back'],
    're-salt-rollout': ['paused'],
    'judge-rollout': ['paused', 'rolled-back'],
  },
  completed: refusesAll(),
  'rolled-back': refusesAll(),
  aborted: refusesAll(),
};

function refusesAll(): Record<Verb, readonly RolloutState[]> {
  return {
    'pause-rollout': [],
    'resume-rollout': [],
    'promote-rollout': [],
    'abort-rollout': [],
    'roll-back-rollout': [],
    're-salt-rollout': [],
    'judge-rollout': [],
  };
}

/**
 * The rollout after the command at `now` (epoch ms). The very same object comes back when the command changes nothing,
 * as most judgements do. Refusals are problems with the code `rollout-state`.
 */
export function transition(rollout: Rollout, command: RolloutCommand, now: number): Rollout | Problem {
  if (TRANSITIONS[rollout.state][command.type].length === 0) {
    const verb = command.type.slice(0, -'-rollout'.length).replaceAll('-', ' ');
    return problem('rollout-state', `Rollout ${rollout.id} is ${rollout.state}; it cannot take "${verb}".`);
  }
  switch (command.type) {
    case 'pause-rollout':
      return { ...rollout, state: 'paused', paused_at: now, state_reason: command.reason ?? 'Paused by a person.' };
    case 'resume-rollout':
      return resume(rollout, now, command.reason ?? 'Resumed by a person.');
    case 'promote-rollout':
      if (command.from_step !== undefined && command.from_step !== rollout.step) {
        return problem(
          'rollout-state',
          `Rollout ${rollout.id} stands at ${currentStep(rollout).percentage} % by now; nothing was promoted.`,
        );
      }
      return command.to === 'done'
        ? end(rollout, 'completed', now, command.reason ?? 'Promoted to everyone by a person.')
        : advance(rollout, now, command.reason ?? 'Promoted by a person.');
    case 'abort-rollout':
      return end(rollout, 'aborted', now, command.reason ?? 'Aborted by a person.');
    case 'roll-back-rollout':
      return end(rollout, 'rolled-back', now, command.reason ?? 'Rolled back by a person.');
    case 're-salt-rollout':
      return { ...rollout, salt: command.salt, step_started_at: now, state_reason: command.reason };
    case 'judge-rollout':
      return applyVerdict(rollout, command, now);
  }
}

/** Ends a live rollout. */
export function end(rollout: Rollout, state: 'completed' | 'rolled-back' | 'aborted', now: number, reason: string): Rollout {
  const { paused_at: _, ...rest } = rollout;
  return { ...rest, state, state_reason: reason, ended_at: now };
}

/** The time spent paused does not count towards the step; a clock that jumped back adds nothing. */
function resume(rollout: Rollout, now: number, reason: string): Rollout {
  const { paused_at: pausedAt = now, ...rest } = rollout;
  return { ...rest, state: 'running', state_reason: reason, step_started_at: rollout.step_started_at + Math.max(0, now - pausedAt) };
}

function advance(rollout: Rollout, now: number, reason: string): Rollout {
  if (isLastStep(rollout)) return end(rollout, 'completed', now, reason);
  const { paused_at: _, ...rest } = rollout;
  return { ...rest, state: 'running', state_reason: reason, step: rollout.step + 1, step_started_at: now };
}

function applyVerdict(rollout: Rollout, { verdict }: CommandOf<'judge-rollout'>, now: number): Rollout {
  if (verdict.observed.step !== rollout.step) return rollout; // it judged a step that is over
  const because = verdict.reasons.map((reason) => reason.message).join(' ');
  if (verdict.verdict === 'unhealthy') return end(rollout, 'rolled-back', now, because);
  if (rollout.state === 'paused') return rollout;
  const step = currentStep(rollout);
  const timeIsUp = now - rollout.step_started_at >= step.duration * MS_PER_MINUTE;
  if (!timeIsUp) return rollout;
  // Handing it to those who never matched, or to many more at once, is a decision that no health of a few supports.
  const leaps = isLastStep(rollout) && (asksForSomebody(rollout.criteria) || step.percentage < 100);
  const gate = leaps ? 'manual' : step.gate;
  const passes = gate === 'auto' ? verdict.verdict !== 'error' : gate === 'analysis' && verdict.verdict === 'healthy';
  return passes ? advance(rollout, now, because) : rollout;
}

import type { Rollout } from '#schemas/rollout.ts';
import type { Move } from '../api/commands.ts';
import { formatMinutes, formatPercent } from '../words/format.ts';
import { asksForSomebody, audienceWords, currentStep, newUnits, oldUnits, shareWords } from '../words/rollout-words.ts';

const ACTIONS: Record<Exclude<Move, 'promote-next'>, string> = {
  pause: 'Pause',
  resume: 'Resume',
  'promote-done': 'Promote to everyone',
  rollback: 'Roll back',
  abort: 'Abort',
};

/** What the button says that carries a command out. */
export function actionWords(rollout: Rollout, move: Move): string {
  if (move !== 'promote-next') return ACTIONS[move];
  const next = rollout.steps[rollout.step + 1];
  return next ? `Promote to ${formatPercent(next.percentage)}` : ACTIONS['promote-done'];
}

/** What a command will do to visitors, in sentences. */
export function whatHappens(rollout: Rollout, move: Move): string[] {
  const { percentage } = currentStep(rollout);
  const next = rollout.steps[rollout.step + 1];
  const isPaused = rollout.state === 'paused';
  const [fresh, old] = [newUnits(rollout), oldUnits(rollout)];
  const everyone = asksForSomebody(rollout.criteria) ? `every visitor, not only ${audienceWords(rollout.criteria)},` : 'every visitor';
  switch (move) {
    case 'pause':
      return [
        `${shareWords(rollout, percentage)} keep ${fresh}. No further step is taken, and the step's time stands still, until somebody resumes.`,
        'It is still taken back by itself if it turns unhealthy.',
      ];
    case 'resume':
      return [
        `The rollout goes on at ${shareWords(rollout, percentage)} with ${fresh}. The time spent paused does not count towards the step.`,
      ];
    case 'promote-next':
      return next
        ? [
            `${formatPercent(percentage)} → ${formatPercent(next.percentage)} of ${audienceWords(rollout.criteria)} get ${fresh}.`,
            `The step's time and gate are skipped; the next step takes ${formatMinutes(next.duration)}.`,
            ...(isPaused ? ['The rollout is running again after this.'] : []),
          ]
        : [`This is the last step: the rollout completes, and ${everyone} gets ${fresh}.`, `${fresh} becomes the active unit.`];
    case 'promote-done':
      return [
        `${shareWords(rollout, percentage)} have ${fresh} now; ${everyone} gets it at once, whatever its health.`,
        `The remaining steps are skipped, the rollout completes and is no longer watched. Only a rollback brings ${old} back.`,
      ];
    case 'rollback':
      return [
        `Every visitor gets ${old} again at once. The share of ${fresh} goes from ${formatPercent(percentage)} to 0 %.`,
        'The rollout ends and is recorded as rolled back: the new version was at fault.',
      ];
    case 'abort':
      return [
        `Every visitor gets ${old} again at once. The share of ${fresh} goes from ${formatPercent(percentage)} to 0 %.`,
        'The rollout ends and is recorded as aborted: the new version was not at fault.',
      ];
  }
}

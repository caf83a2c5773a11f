import { asksForSomebody, audienceWords, criteriaAt, currentStep } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Move } from '../api/commands.ts';
import { formatMinutes, formatPercent } from '../words/format.ts';
import { armUnits, newUnits, oldUnits, shareWords } from '../words/rollout-words.ts';

const ACTIONS: Record<Exclude<Move, 'promote-next' | 'promote-variant'>, string> = {
  approve: 'Approve',
  pause: 'Pause',
  resume: 'Resume',
  'promote-done': 'Promote to everyone',
  restart: 'Restart',
  're-salt': 'Draw anew',
  rollback: 'Roll back',
  abort: 'Abort',
  retry: 'Try again',
};

/** What the button says that carries a command out. */
export function actionWords(rollout: Rollout, move: Move, variant?: string): string {
  if (move === 'promote-variant') return variant ? `Promote ${variant}` : 'Promote';
  if (move !== 'promote-next') return ACTIONS[move];
  const next = rollout.steps[rollout.step + 1];
  return next ? `Promote to ${formatPercent(next.percentage)}` : ACTIONS['promote-done'];
}

/** What a command will do to visitors, in sentences. */
export function whatHappens(rollout: Rollout, move: Move, variant?: string): string[] {
  const { percentage } = currentStep(rollout);
  const [fresh, old] = [newUnits(rollout), oldUnits(rollout)];
  const criteria = criteriaAt(rollout);
  const everyone = asksForSomebody(criteria) ? `every visitor, not only ${audienceWords(criteria)},` : 'every visitor';
  const back = `Every visitor gets ${old} again at once. The share of ${fresh} goes from ${formatPercent(percentage)} to 0 %.`;
  switch (move) {
    case 'approve':
      return approval(rollout);
    case 'pause':
      return [
        `${shareWords(rollout)} keep ${fresh}. No further step is taken, and the step's time stands still, until somebody resumes.`,
        'It is still taken back by itself if it turns unhealthy.',
      ];
    case 'resume':
      return [`The rollout goes on at ${shareWords(rollout)} with ${fresh}. The time spent paused does not count towards the step.`];
    case 'promote-next':
      return nextStep(rollout, everyone);
    case 'promote-done':
      return [
        `${shareWords(rollout)} have ${fresh} now; ${everyone} gets it at once, whatever its health.`,
        `The remaining steps are skipped, the rollout completes and is no longer watched. Only a rollback brings ${old} back.`,
      ];
    case 'promote-variant':
      return variant
        ? [`The test ends, and every visitor gets ${armUnits(rollout, variant).join(', ')} at once.`]
        : ['Choose the variant that every visitor gets from now on. The test ends with it.'];
    case 'restart':
      return [
        `The rollout goes back to its first step: ${shareWords(rollout, rollout.steps[0]!)} get ${fresh}. Whoever came last goes back first.`,
        'Evidence begins anew; what was seen before does not count any more.',
      ];
    case 're-salt':
      return redrawn(rollout);
    case 'rollback':
      return isWaitingWords(rollout) ?? [back, 'The rollout ends and is recorded as rolled back: the new version was at fault.'];
    case 'abort':
      return isWaitingWords(rollout) ?? [back, 'The rollout ends and is recorded as aborted: the new version was not at fault.'];
    case 'retry':
      return [
        `A new rollout of ${fresh} starts by the plan that this one had: ${shareWords(rollout, rollout.steps[0]!)} first.`,
        'It gathers its own evidence; visitors are drawn anew.',
        ...(rollout.start_at !== undefined || rollout.approvals_needed !== undefined
          ? ['It waits first, as this one did, for its time if that is to come, and for its approvals.']
          : []),
      ];
  }
}

/** Who is in is decided by the salt alone; the shares stay. */
function redrawn(rollout: Rollout): string[] {
  const { percentage } = currentStep(rollout);
  const sides = rollout.experiment ? 'get another variant' : 'change sides';
  // Two draws that know nothing of each other: in before and out after, and the other way round.
  const changing = (2 * percentage * (100 - percentage)) / 100;
  return [
    rollout.experiment
      ? `All visitors of the test are dealt out anew: many ${sides} in the middle of their visit.`
      : `Visitors are drawn anew: about ${formatPercent(changing)} of ${audienceWords(criteriaAt(rollout))} ${sides} at once, as many in as out.`,
    "The share stays, and the step's time begins anew. So does a period, so that those before and after are not mixed up in the evidence.",
    'It cannot be undone: another draw gives yet others. Do it when the same visitors have borne enough, or when the draw was unlucky.',
  ];
}

/** Of a rollout that no visitor has seen yet there is nothing to take back. */
const isWaitingWords = ({ state }: Rollout): string[] | null =>
  state === 'scheduled' || state === 'awaiting-approval' ? ['It will not start. No visitor has been given anything of it.'] : null;

function approval({ approvals_needed: needed = 0, approvals = [], started_by: starter }: Rollout): string[] {
  const left = needed - approvals.length - 1;
  return [
    left > 0
      ? `After yours ${left === 1 ? 'one approval is' : `${left} approvals are`} still missing.`
      : 'Yours is the last approval that it needs: it starts as planned.',
    `${starter} started it. The approval stays in the history with your name.`,
  ];
}

function nextStep(rollout: Rollout, everyone: string): string[] {
  const [now, next] = [currentStep(rollout), rollout.steps[rollout.step + 1]];
  const fresh = newUnits(rollout);
  if (!next) return [`This is the last step: the rollout completes, and ${everyone} gets ${fresh}.`, `${fresh} becomes the active unit.`];
  return [
    `${formatPercent(now.percentage)} → ${shareWords(rollout, next)} get ${fresh}.`,
    `The step's time and gate are skipped; the next step takes ${formatMinutes(next.duration)}.`,
    ...(rollout.state === 'paused' ? ['The rollout is running again after this.'] : []),
  ];
}

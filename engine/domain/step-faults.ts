import { counted } from '#schemas/counted.ts';
import type { Fault } from '#schemas/problem.ts';
import type { Rollout, RolloutStep } from '#schemas/rollout.ts';
import { MS_PER_MINUTE } from './rollout-state.ts';
import { sayMinutes } from './say-number.ts';

/** What is wrong with a list of steps. A canary may end at a share, from which a person takes it to everyone. */
export function stepFaults(
  steps: readonly RolloutStep[],
  { strategy, progress_deadline: deadline }: Pick<Rollout, 'strategy' | 'progress_deadline'>,
): Fault[] {
  const faults: Fault[] = [];
  steps.forEach((step, index) => {
    const path = `/steps/${index}`;
    const before = steps[index - 1];
    if (before) {
      const widens = step.everyone === true && !before.everyone;
      if (step.percentage < before.percentage || (step.percentage === before.percentage && !widens))
        faults.push({ path, message: `must be more than the step before it (${before.percentage} %)` });
      if (before.everyone && !step.everyone) faults.push({ path, message: 'criteria that were dropped cannot come back' });
    }
    if (deadline !== undefined && deadline <= step.duration) {
      faults.push({ path: '/progress_deadline', message: `a step of ${sayMinutes(step.duration)} could never end before it` });
    }
  });
  const isOpen = strategy === 'canary' || strategy === 'ab_test';
  if (!isOpen && steps.at(-1)?.percentage !== 100) {
    faults.push({ path: `/steps/${steps.length - 1}`, message: `the last step of a rollout that is ${strategy} must be 100 %` });
  }
  return faults;
}

const MS_PER_HOUR = 60 * MS_PER_MINUTE;

/** Who is less than an hour late means now (epoch ms); a start long past is one that was mistyped, or a plan whose hour is over. */
export function timeFaults(startAt: number | undefined, now: number, atOnce = 'leave it out'): Fault[] {
  const hours = startAt === undefined ? 0 : Math.floor((now - startAt) / MS_PER_HOUR);
  if (hours < 1) return [];
  const ago = hours < 48 ? counted(hours, 'hour') : counted(Math.floor(hours / 24), 'day');
  return [{ path: '/start_at', message: `was ${ago} ago; to start at once, ${atOnce}` }];
}

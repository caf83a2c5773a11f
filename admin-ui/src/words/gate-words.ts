import { gateOf } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { formatMinutes } from './format.ts';
import { ROLE_WORDS } from './rollout-words.ts';

/** Whether the step's time has to pass before it can end: a test ends when it is decided, unless its horizon is fixed, in minutes. */
export const isTimed = (rollout: Rollout, index: number): boolean =>
  gateOf(rollout, index) !== 'test' || (rollout.experiment!.horizon.kind === 'fixed' && rollout.experiment!.horizon.minutes !== undefined);

/** How long the step lasts. */
export const lengthWords = (rollout: Rollout, index: number): string =>
  isTimed(rollout, index) ? formatMinutes(rollout.steps[index]!.duration) : 'until it is decided';

/** What ends the step. */
export function gateWords(rollout: Rollout, index: number): string {
  const { role } = rollout.steps[index]!;
  const next = index === rollout.steps.length - 1 ? 'Completes' : 'Moves on';
  switch (gateOf(rollout, index)) {
    case 'manual':
      return `Waits for ${role ? ROLE_WORDS[role] : 'a person'} to promote it.`;
    case 'auto':
      return `${next} when the time is up, unless unhealthy.`;
    case 'analysis':
      return `${next} when the time is up, only if healthy.`;
    case 'test':
      return rollout.experiment!.promote_winner === 'engine'
        ? 'Ends with the winner, once it is decided.'
        : 'Proposes a winner, once it is decided; a person promotes it.';
  }
}

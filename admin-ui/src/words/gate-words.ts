import type { Rollout, StepGate } from '#schemas/rollout.ts';
import type { z } from '#schemas/zod.ts';
import { ROLE_WORDS, asksForSomebody, criteriaAt } from './rollout-words.ts';

/** The gate as the engine reads it: it lets nobody but a person hand the unit to visitors who never matched, or to many more at once. */
export function gateOf(rollout: Rollout, index: number): z.infer<typeof StepGate> | 'test' {
  const step = rollout.steps[index]!;
  const isLast = index === rollout.steps.length - 1;
  if (isLast && rollout.experiment) return 'test';
  const leaps = isLast && (asksForSomebody(criteriaAt(rollout, step)) || step.percentage < 100);
  return leaps ? 'manual' : step.gate;
}

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

import type { CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import { currentStep, isLastStep } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { freezeRefusal } from './freeze.ts';
import { advance, end, promoteVariant } from './rollout-moves.ts';
import { keeperOf, mayPass } from './gate-roles.ts';
import type { Circumstances } from './rollout-machine.ts';

type Promote = CommandOf<'promote-rollout'>;

/** What a person decided: the next step, or the end. Refused in a freeze, to those whom a gate does not let pass, and to who looked at another step. */
export function promote(document: Document, rollout: Rollout, command: Promote, at: Circumstances): Rollout | Problem {
  if (command.from_step !== undefined && command.from_step !== rollout.step) {
    const { percentage } = currentStep(rollout);
    return problem('rollout-state', `Rollout ${rollout.id} stands at ${percentage} % by now; nothing was promoted.`);
  }
  const endsTest = rollout.experiment !== undefined && (command.to === 'done' || command.variant !== undefined || isLastStep(rollout));
  const refused =
    gateRefusal(rollout, endsTest || command.to === 'done', at) ??
    freezeRefusal(document.policy, command, at.now, { done: 'promoted', detail: 'It cannot be promoted so.' });
  if (refused) return refused;
  if (endsTest) return promoteTest(rollout, command, at.now);
  if (command.variant !== undefined) return variantRefusal('only an A/B test has variants');
  return command.to === 'done'
    ? end(rollout, 'completed', at.now, command.reason ?? 'Promoted to everyone by a person.')
    : advance(rollout, at.now, command.reason ?? 'Promoted by a person.');
}

/** A manual gate may be kept for a role, and so are all that a leap to the end leaves behind. */
function gateRefusal(rollout: Rollout, skipsAll: boolean, { role, actor }: Circumstances): Problem | null {
  const passed = rollout.steps.slice(rollout.step, skipsAll ? undefined : rollout.step + 1);
  const gate = passed.find((step) => step.role === 'admin' && role !== 'admin') ?? passed.find((step) => !mayPass(step, role));
  if (!gate) return null;
  const detail = `Only ${keeperOf(gate)} may promote rollout ${rollout.id} past ${gate.percentage} %; ${actor} is none.`;
  return problem('forbidden', detail);
}

function promoteTest(rollout: Rollout, { variant, reason }: Promote, now: number): Rollout | Problem {
  const names = rollout.experiment!.variants.map(({ name }) => name);
  const chosen = variant ?? rollout.proposal?.variant;
  if (chosen === undefined) return variantRefusal(`none is proposed yet; name one of ${names.join(', ')}`);
  if (!names.includes(chosen)) return variantRefusal(`there is no variant ${chosen}; there are ${names.join(', ')}`);
  return promoteVariant(rollout, chosen, now, reason ?? `Variant ${chosen} was promoted by a person.`);
}

const variantRefusal = (message: string): Problem => problem('unprocessable', 'It cannot be promoted so.', [{ path: '/variant', message }]);

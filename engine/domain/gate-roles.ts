import type { TokenRole } from '#schemas/api.ts';
import type { RolloutStep } from '#schemas/rollout.ts';

/** Whether somebody with the role may promote past the step; one whose role is not known may only where the gate asks for none. */
export const mayPass = ({ role: needed }: RolloutStep, role: TokenRole | undefined): boolean =>
  needed === undefined || role === 'admin' || (needed === 'operator' && role === 'operator');

/** Who may promote past a step that is kept for a role, in words. */
export const keeperOf = ({ role }: RolloutStep): string => (role === 'admin' ? 'an admin' : 'an operator');

/**
 * The gate of `steps` from the current one on that the role may not pass and that these new steps would let it get around: visitors
 * beyond the gate's share, or criteria that ask nothing any more, or the end, without one like it before.
 */
export function gateAvoided(
  steps: readonly RolloutStep[],
  next: readonly RolloutStep[],
  current: number,
  role: TokenRole | undefined,
): RolloutStep | undefined {
  return steps.slice(current).find((gate) => {
    if (gate.gate !== 'manual' || mayPass(gate, role)) return false;
    const isBeyond = ({ percentage, everyone = false }: RolloutStep): boolean =>
      percentage > gate.percentage || (everyone && !gate.everyone);
    const beyond = next.findIndex((step, index) => index >= current && isBeyond(step));
    const before = next.slice(current, beyond < 0 ? undefined : beyond);
    return !before.some((step) => step.gate === 'manual' && !mayPass(step, role));
  });
}

import { isLastStep, isWaiting } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';

/** What commands do to a rollout, once it is clear that they may. Times are epoch ms. */

export function end(rollout: Rollout, state: 'completed' | 'rolled-back' | 'aborted', now: number, reason: string): Rollout {
  const { paused_at: _, ...rest } = rollout;
  return { ...rest, state, state_reason: shorten(reason), ended_at: now };
}

/** Takes it back; one that only waited never was anywhere. */
export const takeBack = (rollout: Rollout, now: number, reason: string): Rollout =>
  end(rollout, isWaiting(rollout) ? 'aborted' : 'rolled-back', now, reason);

export const pause = (rollout: Rollout, now: number, reason: string): Rollout => ({
  ...rollout,
  state: 'paused',
  paused_at: now,
  state_reason: shorten(reason),
});

/**
 * The time spent paused does not count towards the step; a clock that jumped back adds nothing. What would pause it for taking too
 * long counts anew: whoever resumes it has seen how long it took.
 */
export function resume(rollout: Rollout, now: number, reason: string): Rollout {
  const { paused_at: pausedAt = now, ...rest } = rollout;
  const isTimed = rollout.progress_deadline !== undefined || rollout.analysis?.pause_after !== undefined;
  return {
    ...rest,
    ...(isTimed ? { resumed_at: now } : {}),
    state: 'running',
    state_reason: reason,
    step_started_at: rollout.step_started_at + Math.max(0, now - pausedAt),
  };
}

export function advance(rollout: Rollout, now: number, reason: string): Rollout {
  if (isLastStep(rollout)) return end(rollout, 'completed', now, reason);
  return toStep(rollout, rollout.step + 1, now, reason);
}

/** Shares fall to the first step's, last in first out. What was seen before is no evidence any more. */
export function restart(rollout: Rollout, now: number, reason: string): Rollout {
  const { proposal: _, ...rest } = toStep(rollout, 0, now, reason);
  return { ...rest, restarted: { at: now, period: rollout.periods?.length ?? 0 } };
}

function toStep(rollout: Rollout, step: number, now: number, reason: string): Rollout {
  const { paused_at: _, resumed_at: __, ...rest } = rollout;
  return { ...rest, state: 'running', state_reason: shorten(reason), step, step_started_at: now };
}

/** Ends an A/B test with one of its variants: its buildings get that variant's units, or keep theirs where it has none. */
export function promoteVariant(rollout: Rollout, variant: string, now: number, reason: string): Rollout {
  const units = rollout.experiment!.variants.find(({ name }) => name === variant)!.units;
  const targets = Object.fromEntries(
    Object.entries(rollout.targets).map(([building, { from }]) => [building, { from, to: units[building] ?? from }]),
  );
  return { ...end(rollout, 'completed', now, reason), targets, promoted: variant };
}

/** Evidence of many arms can be long; the verdict that is kept has all of it. */
const shorten = (reason: string): string => (reason.length > 1_000 ? `${reason.slice(0, 999)}…` : reason);

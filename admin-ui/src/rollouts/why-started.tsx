import { askedBecause } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';

/** What whoever asked for it said; its state tells other things by now. */
export function WhyStarted({ rollout }: { rollout: Rollout }) {
  const asked = askedBecause(rollout);
  return asked !== undefined && <p className="muted">Asked for because: {asked}</p>;
}

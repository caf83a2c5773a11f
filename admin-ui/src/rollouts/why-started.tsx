import type { Rollout } from '#schemas/rollout.ts';

/** What whoever asked for it said; its state tells other things by now. */
export const WhyStarted = ({ rollout: { reason, state_reason: latest } }: { rollout: Rollout }) =>
  reason !== undefined && reason !== latest && <p className="muted">Asked for because: {reason}</p>;

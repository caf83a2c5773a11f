import type { Rollout } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { HarmEvidence } from './harm-evidence.tsx';
import { PromotionEvidence } from './promotion-evidence.tsx';

/** The two questions in short: is it worse, and may it go on? */
export function EvidenceSummary({ rollout, verdict }: { rollout: Rollout; verdict: Verdict }) {
  if (verdict.evidence.comparisons.length === 0) {
    return <p className="muted">Nothing is compared with the control: only the limits and outside metrics judge this rollout.</p>;
  }
  return (
    <div className="evidence-summary">
      <HarmEvidence evidence={verdict.evidence} />
      <PromotionEvidence rollout={rollout} verdict={verdict} />
    </div>
  );
}

import type { RolloutView } from '#schemas/rollout-view.ts';
import { VerdictBadge } from '../parts/badge.tsx';
import { toExclude } from '../evidence/comparison-groups.ts';
import { COMPARISON_WORDS, excludedPercent, formatTimes } from '../words/evidence-words.ts';
import { formatPercent } from '../words/format.ts';

/** What is known of it at the moment when somebody promotes it. */
export function PromotionGrounds({ view: { verdict } }: { view: RolloutView }) {
  if (!verdict) return null;
  const [worst] = toExclude(verdict.evidence);
  return (
    <div className="grounds">
      <p>
        <VerdictBadge verdict={verdict.verdict} /> {verdict.reasons.map(({ message }) => message).join(' ')}
      </p>
      {worst && worst.excluded < 1 && (
        <p>
          {formatPercent(excludedPercent(worst.excluded))} of the evidence is there that would rule out{' '}
          {COMPARISON_WORDS[worst.metric].outcome} {formatTimes(worst.excluded_risk)} as frequent. The engine itself would wait for all of
          it.
        </p>
      )}
    </div>
  );
}

import { counted } from '#schemas/counted.ts';
import { gateOf, hasEnded } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { COMPARISON_WORDS, excludedPercent, formatTimes } from '../words/evidence-words.ts';
import { formatMinutes, formatNumber, formatPercent } from '../words/format.ts';
import { armWords } from '../words/arm-words.ts';
import { toExclude } from './comparison-groups.ts';
import { reportsPerMinute } from './reports-per-minute.ts';

/** How much of the evidence that the step asks for is there, by the comparison that is furthest from it. */
export function PromotionEvidence({ rollout, verdict }: { rollout: Rollout; verdict: Verdict }) {
  if (gateOf(rollout) === 'test') return null; // it goes on when the test is decided
  const asked = toExclude(verdict.evidence);
  const [worst] = asked;
  if (!worst) return null;
  const { excluded_risk: risk, excluded, samples_needed: needed, metric, segment, arm } = worst;
  const isMet = excluded >= 1;
  const isOver = hasEnded(rollout);
  const step = isOver ? 'The step that it ended in' : 'This step';
  const pace = reportsPerMinute(verdict.observed);
  const what = `${COMPARISON_WORDS[metric].outcome} ${formatTimes(risk)} as frequent as in the control`;
  const where = [segment && `in segment ${segment}`, rollout.strategy === 'ab_test' && `with ${armWords(arm, rollout)}`].filter(Boolean);
  return (
    <div className="promotion" data-testid="promotion-evidence" data-met={isMet}>
      <h4>Evidence to go on</h4>
      <div className="share">
        <div style={{ width: `${excludedPercent(excluded)}%` }} />
      </div>
      <p>
        {isMet ? (
          <>
            <strong>All of it {isOver ? 'was' : 'is'} there.</strong> {step} had to rule out {what}, and did.
          </>
        ) : (
          <>
            <strong>
              {formatPercent(excludedPercent(excluded))} of it {isOver ? 'was' : 'is'} there.
            </strong>{' '}
            {step} {isOver ? 'had to' : 'must'} rule out {what}
            {where.length > 0 && ` (${where.join(', ')})`}.
          </>
        )}
      </p>
      {!isOver && !isMet && needed !== null && needed > 0 && (
        <p className="muted">
          About {counted(needed, 'more report', formatNumber)} of visitors {formatNumber(needed) === '1' ? 'is' : 'are'} needed
          {pace > 0 && `: ${formatMinutes(Math.max(1, Math.ceil(needed / pace)))} at the pace of this step`}.
        </p>
      )}
    </div>
  );
}

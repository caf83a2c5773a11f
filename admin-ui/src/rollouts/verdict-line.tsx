import { currentStep } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { VerdictBadge } from '../parts/badge.tsx';
import { formatPercent } from '../words/format.ts';
import { VERDICT_WORDS } from '../words/health-words.ts';
import { newUnits } from '../words/rollout-words.ts';

/** What the engine makes of it. Only a change of the verdict or the step is read aloud, not every new number. */
export function VerdictLine({ verdict, rollout }: { verdict: Verdict; rollout: Rollout }) {
  return (
    <div className="verdict" data-verdict={verdict.verdict}>
      <VerdictBadge verdict={verdict.verdict} />
      <ul className="verdict-reasons">
        {verdict.reasons.map(({ code, message }) => (
          <li key={code}>{message}</li>
        ))}
      </ul>
      <p className="visually-hidden" aria-live="polite">
        {newUnits(rollout)} at {formatPercent(currentStep(rollout).percentage)}: {VERDICT_WORDS[verdict.verdict]}
        {verdict.verdict === 'unhealthy' && `, because of ${verdict.reasons.map(({ code }) => code.replace('-', ' ')).join(', ')}`}
      </p>
    </div>
  );
}

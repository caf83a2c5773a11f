import { counted } from '#schemas/counted.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { healthOf, triedArms } from '../words/arm-words.ts';
import { formatNumber } from '../words/format.ts';
import { ScoreParts } from './score-parts.tsx';
import { Sparkline } from './sparkline.tsx';
import { useScoreHistory } from './use-score-history.ts';

/** The score, its limit, how it went while this page was open, and what it is made of. */
export function HealthScoreView({ rollout, verdict }: { rollout: Rollout; verdict: Verdict }) {
  const { score, observed } = verdict;
  const { min_health_score: limit, min_samples: samples } = rollout.monitoring;
  const reported = Math.min(...triedArms(observed).map((arm) => healthOf(observed, arm).visitors));
  const points = useScoreHistory(observed.at, score.value);
  const state = score.value === null ? 'unknown' : reported < samples ? 'early' : score.value < limit ? 'below' : 'kept';
  const words = {
    unknown: 'Nothing measured yet.',
    early: `Not judged before ${counted(samples, 'visitor')} ${samples === 1 ? 'has' : 'have'} reported; the limit is ${limit}.`,
    below: `Below the limit of ${limit}.`,
    kept: `At or above the limit of ${limit}.`,
  };
  return (
    <div className="health">
      <div className="score" data-state={state}>
        <h4>Health score</h4>
        <p className="score-value" data-testid="health-score">
          {score.value === null ? '–' : formatNumber(score.value)}
        </p>
        <p className="score-words">{words[state]}</p>
        <Sparkline points={points} limit={limit} />
      </div>
      <ScoreParts score={score} monitoring={rollout.monitoring} />
    </div>
  );
}

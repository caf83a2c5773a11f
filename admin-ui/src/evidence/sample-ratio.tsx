import { counted } from '#schemas/counted.ts';
import { hasEnded } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { armWords } from '../words/arm-words.ts';
import { formatEvidence } from '../words/evidence-words.ts';
import { formatNumber, formatPercent } from '../words/format.ts';
import { EvidenceMeter } from './evidence-meter.tsx';
import { expectedExposures } from './expected-exposures.ts';

/** Whether each arm has as many visitors as its share promises. If not, no comparison can be trusted. */
export function SampleRatio({ rollout, verdict: { evidence, observed } }: { rollout: Rollout; verdict: Verdict }) {
  const { sample_ratio_e_value: value, sample_ratio_threshold: threshold } = evidence;
  const arms = expectedExposures(observed);
  const total = arms.reduce((sum, arm) => sum + arm.exposed, 0);
  const isBroken = value >= threshold;
  return (
    <div className="sample-ratio" data-testid="sample-ratio">
      <h4>Sample ratio</h4>
      <EvidenceMeter name="Evidence that the arms are not drawn as their shares say" value={value} threshold={threshold} />
      <p>
        <strong>
          {isBroken ? 'The arms do not have the visitors that their shares promise.' : 'The arms are as large as they should be.'}
        </strong>{' '}
        {isBroken && (hasEnded(rollout) ? 'No comparison could be trusted. ' : 'No comparison can be trusted until the cause is found. ')}
        Evidence against it: {formatEvidence(value)} of {formatEvidence(threshold)}.
      </p>
      {total > 0 && (
        <ul className="muted">
          {arms.map(({ arm, exposed, expected }) => (
            <li key={arm}>
              {armWords(arm, rollout)}: {counted(exposed, 'visitor', formatNumber)}, {formatNumber(Math.round(expected))} expected (
              {formatPercent((100 * exposed) / total)} of all)
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

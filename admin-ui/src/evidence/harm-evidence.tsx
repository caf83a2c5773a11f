import type { Evidence } from '#schemas/verdict.ts';
import { chanceWords, formatEvidence } from '../words/evidence-words.ts';
import { EvidenceMeter } from './evidence-meter.tsx';

/** All comparisons together, on the way to the threshold at which the rollout is taken back. */
export const HarmEvidence = ({ evidence: { e_value: value, threshold } }: { evidence: Evidence }) => (
  <div className="harm" data-testid="harm-evidence">
    <h4>Evidence that it is worse</h4>
    <EvidenceMeter name="Evidence that it is worse" value={value} threshold={threshold} />
    <p>
      <strong>
        {formatEvidence(value)} of {formatEvidence(threshold)}
      </strong>
      {value >= threshold ? ', enough to take it back' : ''}: {chanceWords(value)}.
    </p>
  </div>
);

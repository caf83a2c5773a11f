import { formatEvidence } from '../words/evidence-words.ts';

type EvidenceMeterProps = { name: string; value: number; threshold: number; isSlim?: boolean };

/** How far an e-value has come on its way to the threshold: a log scale, since evidence multiplies. 1 and less is none. */
export function EvidenceMeter({ name, value, threshold, isSlim = false }: EvidenceMeterProps) {
  const place = value <= 1 || threshold <= 1 ? Number(value >= threshold) : Math.min(1, Math.log(value) / Math.log(threshold));
  const words = `${formatEvidence(value)} of ${formatEvidence(threshold)}`;
  return (
    <div className="meter" data-slim={isSlim} data-tone={place >= 1 ? 'bad' : place >= 0.5 ? 'wait' : 'calm'}>
      <div
        className="meter-bar"
        role="meter"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * place)}
        aria-valuetext={words}
      >
        <div style={{ width: `${100 * place}%` }} />
        {!isSlim &&
          decades(threshold).map((power) => <span key={power} style={{ left: `${(100 * Math.log(power)) / Math.log(threshold)}%` }} />)}
      </div>
      {!isSlim && (
        <div className="meter-scale" aria-hidden="true">
          <span>1</span>
          {decades(threshold).map((power) => (
            <span key={power} style={{ left: `${(100 * Math.log(power)) / Math.log(threshold)}%` }}>
              {formatEvidence(power)}
            </span>
          ))}
          <span>{formatEvidence(threshold)}</span>
        </div>
      )}
    </div>
  );
}

/** 10, 100, … below the threshold, without one so near to it that their figures would touch. */
function decades(threshold: number): number[] {
  const powers: number[] = [];
  for (let power = 10; power < threshold; power *= 10) if (Math.log(power) / Math.log(threshold) < 0.85) powers.push(power);
  return powers;
}

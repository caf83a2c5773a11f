import { asksForSomebody, criteriaAt, currentStep, isWaiting, partOf } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { formatPercent } from '../words/format.ts';
import { armUnits, newUnits, shareWords } from '../words/rollout-words.ts';
import { WhyStarted } from './why-started.tsx';

/** In a sentence or two, what visitors get of it now. */
export const WhoGetsWhat = ({ rollout }: { rollout: Rollout }) => (
  <div>
    {isWaiting(rollout) && <p>No visitor gets anything of it yet: {shareWords(rollout, rollout.steps[0]!)} will be first.</p>}
    {!isWaiting(rollout) && (
      <p>
        <strong>{shareWords(rollout)}</strong> {rollout.experiment ? 'are in the test.' : `get ${newUnits(rollout)}.`}
        {asksForSomebody(criteriaAt(rollout)) && ' All other visitors keep what they have.'}
      </p>
    )}
    {rollout.experiment && <Variants rollout={rollout} />}
    <p className="muted">Latest reason: {rollout.state_reason}</p>
    <WhyStarted rollout={rollout} />
  </div>
);

function Variants({ rollout }: { rollout: Rollout }) {
  const variants = rollout.experiment!.variants;
  return (
    <ul className="variants">
      {variants.map(({ name, weight }) => (
        <li key={name}>
          <strong>{name}</strong> {formatPercent(partOf(currentStep(rollout).percentage, { weight }, variants))}:{' '}
          {armUnits(rollout, name).join(', ')}
        </li>
      ))}
    </ul>
  );
}

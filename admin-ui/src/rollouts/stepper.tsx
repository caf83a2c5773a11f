import type { Rollout } from '#schemas/rollout.ts';
import { CheckIcon } from '../parts/icons.tsx';
import { formatPercent } from '../words/format.ts';
import { lengthWords } from '../words/gate-words.ts';
import { stepPlace } from './step-place.ts';

/** All steps in a row; those behind are ticked. */
export const Stepper = ({ rollout }: { rollout: Rollout }) => (
  <ol className="stepper" aria-label="Steps">
    {rollout.steps.map((step, index) => {
      const place = stepPlace(rollout, index);
      return (
        <li key={index} className="step" data-place={place} aria-current={place === 'current' ? 'step' : undefined}>
          <span className="step-mark">{place === 'done' ? <CheckIcon /> : index + 1}</span>
          <span className="step-share">{formatPercent(step.percentage)}</span>
          <span className="step-time">
            {lengthWords(rollout, index)}
            <span className="visually-hidden">{place === 'done' ? ', done' : place === 'ahead' ? ', still to come' : ', now'}</span>
          </span>
        </li>
      );
    })}
  </ol>
);

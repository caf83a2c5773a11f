import { useState } from 'react';
import type { UnitProps } from './define-unit.tsx';

const choices = [
  { label: 'Thumbs up', score: 100, turn: 0 },
  { label: 'Thumbs down', score: 0, turn: 180 },
];

/** Asks once: the answer goes to the edge as a score of this unit version. */
export function Feedback({ context }: UnitProps) {
  const [given, setGiven] = useState(false);
  if (given) return <p className="feedback">Thank you for telling us.</p>;
  return (
    <p className="feedback">
      <span>Do you like this page?</span>
      {choices.map(({ label, score, turn }) => (
        <button
          key={label}
          type="button"
          aria-label={label}
          data-feedback={score}
          onClick={() => {
            context.reportFeedback(score);
            setGiven(true);
          }}
        >
          <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" style={{ rotate: `${turn}deg` }}>
            <path
              d="M7 11v9H4v-9zM7 11l4-8c1.7 0 2.6 1.2 2.3 2.8L12.7 9H18a2 2 0 0 1 2 2.4l-1.3 7A2 2 0 0 1 16.7 20H7"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.7"
              strokeLinejoin="round"
            />
          </svg>
        </button>
      ))}
    </p>
  );
}

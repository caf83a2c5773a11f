import { currentStep } from '#schemas/rollout-reading.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import { useNow } from '../parts/use-now.ts';
import { formatDuration } from '../words/format.ts';
import { gateWords, isTimed } from '../words/gate-words.ts';

const MS_PER_MINUTE = 60_000;

/** How much of the current step is left, by the engine's clock, and what ends it. */
export function StepClock({ view, clockAhead }: { view: RolloutView; clockAhead: number }) {
  const now = useNow() - clockAhead;
  const { rollout, step_ends_at: endsAt } = view;
  if (!isTimed(rollout, rollout.step)) return <p className="muted">{gateWords(rollout, rollout.step)}</p>;
  const length = currentStep(rollout).duration * MS_PER_MINUTE;
  const left = endsAt === null ? length - ((rollout.paused_at ?? view.now) - rollout.step_started_at) : endsAt - now;
  const elapsed = Math.min(100, Math.max(0, 100 * (1 - left / length)));
  return (
    <div className="step-clock">
      <div
        className="share"
        role="progressbar"
        aria-label="Time of this step"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(elapsed)}
      >
        <div style={{ width: `${elapsed}%` }} />
      </div>
      <p>
        <strong className="countdown">{clockWords(left, endsAt === null)}</strong>{' '}
        <span className="muted">{gateWords(rollout, rollout.step)}</span>
      </p>
    </div>
  );
}

function clockWords(left: number, paused: boolean): string {
  if (paused) return `Paused with ${formatDuration(left)} left in this step.`;
  return left > 0 ? `${formatDuration(left)} left in this step.` : 'The time is up, held until the gate opens.';
}

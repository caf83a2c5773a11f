import type { RolloutView } from '#schemas/api.ts';
import type { Place } from '../api/queries.ts';
import { EvidenceSummary } from '../evidence/evidence-summary.tsx';
import { StateBadge } from '../parts/badge.tsx';
import { When } from '../parts/when.tsx';
import { asksForSomebody, currentStep, newUnits, shareWords, targetsWords } from '../words/rollout-words.ts';
import { ArmsTable } from './arms-table.tsx';
import { HealthScoreView } from './health-score-view.tsx';
import { RolloutActions } from './rollout-actions.tsx';
import { RolloutLink } from './rollout-link.tsx';
import { StepClock } from './step-clock.tsx';
import { Stepper } from './stepper.tsx';
import { VerdictLine } from './verdict-line.tsx';

type RolloutCardProps = {
  place: Place;
  view: RolloutView;
  clockAhead: number;
  /** It stands on its own page, which has the evidence in full. */
  isAlone?: boolean;
};

export function RolloutCard({ place, view, clockAhead, isAlone = false }: RolloutCardProps) {
  const { rollout, verdict } = view;
  const titleId = `title-${rollout.id}`;
  return (
    <section className="card rollout" aria-labelledby={titleId} data-rollout-id={rollout.id} data-rollout-state={rollout.state}>
      <header className="rollout-head">
        <div>
          <h3 id={titleId}>{targetsWords(rollout)}</h3>
          <p className="muted">
            <span className="mono">{rollout.id}</span> · {rollout.strategy} · started <When at={rollout.started_at} /> by{' '}
            {rollout.started_by}
          </p>
        </div>
        <StateBadge state={rollout.state} />
      </header>
      <div>
        <p>
          <strong>{shareWords(rollout, currentStep(rollout).percentage)}</strong> get {newUnits(rollout)}.
          {asksForSomebody(rollout.criteria) && ' All other visitors keep what they have.'}
        </p>
        <p className="muted">Latest reason: {rollout.state_reason}</p>
      </div>
      <Stepper rollout={rollout} />
      <StepClock view={view} clockAhead={clockAhead} />
      <RolloutActions place={place} rollout={rollout} />
      {verdict && <VerdictLine verdict={verdict} rollout={rollout} />}
      {verdict && !isAlone && (
        <>
          <EvidenceSummary rollout={rollout} verdict={verdict} />
          <p>
            <RolloutLink place={place} id={rollout.id}>
              All evidence, steps and periods of this rollout
            </RolloutLink>
          </p>
          <HealthScoreView key={rollout.step} rollout={rollout} verdict={verdict} />
          <ArmsTable rollout={rollout} verdict={verdict} />
        </>
      )}
    </section>
  );
}

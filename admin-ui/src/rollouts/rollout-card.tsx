import type { Document } from '#schemas/document.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import type { Place } from '../api/queries.ts';
import { EvidenceSummary } from '../evidence/evidence-summary.tsx';
import { StateBadge } from '../parts/badge.tsx';
import { When } from '../parts/when.tsx';
import { STRATEGY_WORDS, targetsWords } from '../words/rollout-words.ts';
import { ArmsTable } from './arms-table.tsx';
import { HealthScoreView } from './health-score-view.tsx';
import { RolloutActions } from './rollout-actions.tsx';
import { RolloutLink } from './rollout-link.tsx';
import { StepClock } from './step-clock.tsx';
import { Stepper } from './stepper.tsx';
import { TestResultView } from './test-result-view.tsx';
import { VerdictLine } from './verdict-line.tsx';
import { WaitingNotice } from './waiting-notice.tsx';
import { WhoGetsWhat } from './who-gets-what.tsx';

type RolloutCardProps = {
  place: Place;
  view: RolloutView;
  /** All rollouts that are known, to name those that it waits for. */
  rollouts: Document['rollouts'];
  clockAhead: number;
  /** It stands on its own page, which has the evidence in full. */
  isAlone?: boolean;
};

/** A rollout that has not ended. */
export function RolloutCard({ place, view, rollouts, clockAhead, isAlone = false }: RolloutCardProps) {
  const { rollout, verdict } = view;
  const titleId = `title-${rollout.id}`;
  const test = rollout.proposal?.result ?? verdict?.test;
  return (
    <section className="card rollout" aria-labelledby={titleId} data-rollout-id={rollout.id} data-rollout-state={rollout.state}>
      <header className="rollout-head">
        <div>
          <h3 id={titleId}>{targetsWords(rollout)}</h3>
          <p className="muted">
            <span className="mono">{rollout.id}</span> · {STRATEGY_WORDS[rollout.strategy]} · {isLive(rollout) ? 'started' : 'asked for'}{' '}
            <When at={rollout.started_at} /> by {rollout.started_by}
            {rollout.retry_of && ` · tries ${rollout.retry_of} again`}
          </p>
        </div>
        <StateBadge state={rollout.state} />
      </header>
      <WhoGetsWhat rollout={rollout} />
      <Stepper rollout={rollout} />
      {isLive(rollout) && <StepClock view={view} clockAhead={clockAhead} />}
      <WaitingNotice view={view} rollouts={rollouts} clockAhead={clockAhead} />
      <RolloutActions place={place} view={view} isAlone={isAlone} />
      {test && <TestResultView rollout={rollout} result={test} />}
      {verdict && <VerdictLine verdict={verdict} rollout={rollout} />}
      {verdict && !isAlone && <EvidenceSummary rollout={rollout} verdict={verdict} />}
      {!isAlone && (
        <p>
          <RolloutLink place={place} id={rollout.id}>
            All evidence, steps and periods of this rollout
          </RolloutLink>
        </p>
      )}
      {verdict && !isAlone && (
        <>
          <HealthScoreView key={rollout.step} rollout={rollout} verdict={verdict} />
          <ArmsTable rollout={rollout} verdict={verdict} />
        </>
      )}
    </section>
  );
}

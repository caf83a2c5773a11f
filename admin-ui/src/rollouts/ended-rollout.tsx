import { useQuery } from '@tanstack/react-query';
import { hasBegun } from '#schemas/rollout-reading.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { type Place, rolloutEndingQuery } from '../api/queries.ts';
import { EvidenceView } from '../evidence/evidence-view.tsx';
import { StateBadge, UndoneBadge } from '../parts/badge.tsx';
import { When } from '../parts/when.tsx';
import { STRATEGY_WORDS, newUnits, oldUnits, targetsWords } from '../words/rollout-words.ts';
import { ArmsTable } from './arms-table.tsx';
import { RolloutActions } from './rollout-actions.tsx';
import { TestResultView } from './test-result-view.tsx';
import { WhyStarted } from './why-started.tsx';
import { VerdictLine } from './verdict-line.tsx';

/** A finished rollout, and what was seen when it ended: the revision that ended it keeps that. */
export function EndedRollout({ place, view }: { place: Place; view: RolloutView }) {
  const { rollout } = view;
  const { data: ending, error } = useQuery(rolloutEndingQuery(place, rollout.id));
  const verdict = ending?.verdict;
  const titleId = `title-${rollout.id}`;
  return (
    <>
      <section className="card rollout" aria-labelledby={titleId} data-rollout-id={rollout.id} data-rollout-state={rollout.state}>
        <header className="rollout-head">
          <div>
            <h3 id={titleId}>{targetsWords(rollout)}</h3>
            <p className="muted">
              <span className="mono">{rollout.id}</span> · {STRATEGY_WORDS[rollout.strategy]} ·{' '}
              {hasBegun(rollout) ? 'started' : 'asked for'} <When at={rollout.started_at} /> by {rollout.started_by} · ended{' '}
              <When at={rollout.ended_at ?? rollout.started_at} />
              {ending && ending.revision !== null && ` by ${ending.actor}, revision ${ending.revision}`}
            </p>
          </div>
          <span>
            <StateBadge state={rollout.state} /> {rollout.undone_at !== undefined && <UndoneBadge />}
          </span>
        </header>
        <div>
          <p>
            <WhatCame rollout={rollout} />
          </p>
          <p className="muted">Reason: {rollout.state_reason}</p>
          <WhyStarted rollout={rollout} />
        </div>
        {rollout.state !== 'completed' && <RolloutActions place={place} view={view} isAlone />}
        {rollout.proposal && <TestResultView rollout={rollout} result={rollout.proposal.result} />}
        {verdict && (
          <>
            <h4>Just before its end</h4>
            <VerdictLine verdict={verdict} rollout={rollout} />
            {verdict.test && !rollout.proposal && <TestResultView rollout={rollout} result={verdict.test} />}
            <ArmsTable rollout={rollout} verdict={verdict} />
          </>
        )}
        {!ending && <p className="muted">{error ? error.message : 'Looking up what was seen when it ended…'}</p>}
        {ending && !verdict && hasBegun(rollout) && <p className="muted">What was seen when it ended was not kept.</p>}
      </section>
      {verdict && <EvidenceView rollout={rollout} verdict={verdict} />}
    </>
  );
}

/** What its end brought visitors then; others may have moved them on since. */
function WhatCame({ rollout }: { rollout: Rollout }) {
  if (!hasBegun(rollout)) return <>It never began: nobody was given {newUnits(rollout)}.</>;
  if (rollout.state !== 'completed') {
    return (
      <>
        With its end everyone got <strong>{oldUnits(rollout)}</strong> again.
      </>
    );
  }
  return (
    <>
      With its end everyone got <strong>{newUnits(rollout)}</strong>.
      {rollout.undone_at !== undefined && (
        <>
          {' '}
          It was undone <When at={rollout.undone_at} />: visitors were taken back.
        </>
      )}
    </>
  );
}

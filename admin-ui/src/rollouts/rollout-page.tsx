import { hasBegun } from '#schemas/rollout-reading.ts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { type Place, rolloutsQuery } from '../api/queries.ts';
import { useFirstError } from '../api/use-first-error.ts';
import { ConnectionBanner } from '../environment/connection-banner.tsx';
import { EvidenceView } from '../evidence/evidence-view.tsx';
import { OverTime } from '../health/over-time.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { isUnderWay, targetsWords } from '../words/rollout-words.ts';
import { ArmsTable } from './arms-table.tsx';
import { EndedRollout } from './ended-rollout.tsx';
import { HealthScoreView } from './health-score-view.tsx';
import { PeriodsTable } from './periods-table.tsx';
import { RolloutCard } from './rollout-card.tsx';
import { StepsTable } from './steps-table.tsx';

/** One rollout with everything that is known of it. */
export function RolloutPage({ place, id }: { place: Place; id: string }) {
  const live = useQuery(rolloutsQuery(place));
  const error = useFirstError(live);
  const view = live.data?.rollouts.find(({ rollout }) => rollout.id === id);
  const title = view ? targetsWords(view.rollout) : id;
  useEffect(() => {
    document.title = `${title} · Concierge`;
    return () => {
      document.title = 'Concierge';
    };
  }, [title]);
  if (!live.data) return <Loading what={`rollout ${id}`} error={error} />;
  const known = Object.fromEntries(live.data.rollouts.map(({ rollout }) => [rollout.id, rollout]));
  return (
    <main className="page">
      <ConnectionBanner queries={[live]} />
      <div>
        <nav aria-label="Where you are" className="crumbs">
          <Link to="/">Environments</Link> <span aria-hidden="true">/</span>{' '}
          <Link to="/$apartment/$environment" params={place}>
            {place.apartment}/{place.environment}
          </Link>
        </nav>
        <h1>{title}</h1>
      </div>
      {!view && (
        <Notice tone="wait" title={`${place.apartment}/${place.environment} does not keep a rollout ${id} any more`}>
          <p>The newest finished ones are kept; the history has the others.</p>
        </Notice>
      )}
      {view && isUnderWay(view.rollout) && (
        <RolloutCard place={place} view={view} rollouts={known} clockAhead={live.data.clockAhead} isAlone />
      )}
      {view && !isUnderWay(view.rollout) && <EndedRollout place={place} view={view} />}
      {view?.verdict && (
        <>
          <EvidenceView rollout={view.rollout} verdict={view.verdict} />
          <section className="card rollout" aria-labelledby="health-heading">
            <h3 id="health-heading">Health</h3>
            <HealthScoreView key={view.rollout.step} rollout={view.rollout} verdict={view.verdict} />
            <ArmsTable rollout={view.rollout} verdict={view.verdict} />
          </section>
        </>
      )}
      {view && hasBegun(view.rollout) && <OverTime place={place} view={view} />}
      {view && (
        <section className="card evidence" aria-label="Steps and periods">
          <StepsTable rollout={view.rollout} endsAt={view.step_ends_at} />
          <PeriodsTable rollout={view.rollout} periods={view.rollout.periods ?? []} />
        </section>
      )}
    </main>
  );
}

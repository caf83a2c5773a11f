import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type Place, environmentQuery, rolloutsQuery } from '../api/queries.ts';
import { useFirstError } from '../api/use-first-error.ts';
import { History } from '../history/history.tsx';
import { Loading } from '../parts/loading.tsx';
import { PolicySection } from '../policy/policy-section.tsx';
import { FinishedRollouts } from '../rollouts/finished-rollouts.tsx';
import { LiveRollouts } from '../rollouts/live-rollouts.tsx';
import { StartRollout } from '../start/start-rollout.tsx';
import { Buildings } from './buildings.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Exceptions } from './exceptions.tsx';
import { EnvironmentHeader } from './environment-header.tsx';

export function EnvironmentPage({ place }: { place: Place }) {
  const state = useQuery(environmentQuery(place));
  const live = useQuery(rolloutsQuery(place));
  const error = useFirstError(state.data ? live : state);
  useEffect(() => {
    document.title = `${place.apartment}/${place.environment} · Concierge`;
    return () => {
      document.title = 'Concierge';
    };
  }, [place.apartment, place.environment]);
  if (!state.data || !live.data) return <Loading what={`${place.apartment}/${place.environment}`} error={error} />;
  const { rollouts, clockAhead } = live.data;
  const { document: desired } = state.data;
  const hasBuildings = Object.keys(desired.buildings).length > 0;
  return (
    <main className="page">
      <ConnectionBanner queries={[state, live]} />
      <EnvironmentHeader place={place} state={state.data} />
      <Buildings document={desired} />
      <div className="columns">
        {hasBuildings && <LiveRollouts place={place} rollouts={rollouts} clockAhead={clockAhead} />}
        {hasBuildings && <StartRollout place={place} document={desired} />}
        <div className="records">
          {hasBuildings && <FinishedRollouts place={place} rollouts={rollouts} />}
          {hasBuildings && <PolicySection place={place} policy={desired.policy} />}
          <Exceptions document={desired} />
          <History place={place} />
        </div>
      </div>
    </main>
  );
}

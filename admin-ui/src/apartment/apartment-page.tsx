import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { releasesQuery, whereQuery } from '../api/queries.ts';
import { useFirstError } from '../api/use-first-error.ts';
import { ConnectionBanner } from '../environment/connection-banner.tsx';
import { Loading } from '../parts/loading.tsx';
import { Empty } from '../parts/notice.tsx';
import { CandidatesSection } from './candidates-section.tsx';
import { PromoteUnitsButton } from './promote-units-button.tsx';
import { ReleasesSection } from './releases-section.tsx';
import { WhereTable } from './where-table.tsx';

/** What runs where: every building of an apartment in every environment, and its releases. */
export function ApartmentPage({ apartment }: { apartment: string }) {
  const where = useQuery(whereQuery(apartment));
  const releases = useQuery(releasesQuery(apartment));
  const error = useFirstError(where.data ? releases : where);
  useEffect(() => {
    document.title = `${apartment} · Concierge`;
    return () => {
      document.title = 'Concierge';
    };
  }, [apartment]);
  if (!where.data || !releases.data) return <Loading what={apartment} error={error} />;
  const { environments } = where.data;
  return (
    <main className="page">
      <ConnectionBanner queries={[where, releases]} />
      <div>
        <nav aria-label="Where you are" className="crumbs">
          <Link to="/">Environments</Link>
        </nav>
        <h1>{apartment}</h1>
      </div>
      <section aria-labelledby="where-heading">
        <div className="section-head">
          <h2 id="where-heading">What runs where</h2>
          <PromoteUnitsButton apartment={apartment} environments={environments} />
        </div>
        {environments.length === 0 ? (
          <Empty title={`No environment of ${apartment} can be seen with this token.`}>
            <p>It appears here once there is one.</p>
          </Empty>
        ) : (
          <WhereTable apartment={apartment} environments={environments} />
        )}
      </section>
      <CandidatesSection apartment={apartment} />
      <ReleasesSection apartment={apartment} releases={releases.data} environments={environments} />
    </main>
  );
}

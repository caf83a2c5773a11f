import { useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import { environmentsQuery } from '../api/queries.ts';
import { useFirstError } from '../api/use-first-error.ts';
import { CodeLines } from '../parts/code-lines.tsx';
import { Loading } from '../parts/loading.tsx';
import { Empty } from '../parts/notice.tsx';
import { addBuildingLine, createEnvironmentLine, publishLine } from '../words/command-lines.ts';
import { When } from '../parts/when.tsx';

export function EnvironmentsPage() {
  const query = useQuery(environmentsQuery);
  const error = useFirstError(query);
  const environments = query.data?.environments;
  if (!environments) return <Loading what="the environments" error={error} />;
  const [only] = environments;
  if (only && environments.length === 1) {
    return <Navigate to="/$apartment/$environment" params={{ apartment: only.apartment, environment: only.environment }} replace />;
  }
  return (
    <main className="page narrow">
      <h1>Environments</h1>
      {environments.length > 0 && (
        <p className="facts">
          What runs where:
          {[...new Set(environments.map(({ apartment }) => apartment))].map((apartment) => (
            <Link key={apartment} to="/$apartment" params={{ apartment }}>
              {apartment}
            </Link>
          ))}
        </p>
      )}
      {environments.length === 0 ? (
        <Empty title="There is no environment yet.">
          <p>Create the first one from a terminal; it appears here by itself.</p>
          <CodeLines
            lines={[
              createEnvironmentLine('<apartment>', '<environment>'),
              publishLine('<apartment>', '<building>'),
              addBuildingLine('<apartment>', '<environment>'),
            ]}
          />
        </Empty>
      ) : (
        <ul className="environment-list">
          {environments.map(({ apartment, environment, revision, at }) => (
            <li key={`${apartment}/${environment}`}>
              <Link to="/$apartment/$environment" params={{ apartment, environment }} className="card environment-link">
                <span className="environment-name">
                  {apartment} <span aria-hidden="true">/</span> <strong>{environment}</strong>
                </span>
                <span className="muted">
                  revision {revision}, <When at={at} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </main>
  );
}

import type { ReleaseView } from '#schemas/api.ts';
import type { WhereEnvironment } from '#schemas/where.ts';
import { operable, useIdentity } from '../api/permissions.ts';
import { Badge } from '../parts/badge.tsx';
import { CodeLines } from '../parts/code-lines.tsx';
import { Empty } from '../parts/notice.tsx';
import { When } from '../parts/when.tsx';
import { releaseLine } from '../words/command-lines.ts';
import { listWords } from '../words/format.ts';
import { unitWords } from '../words/rollout-words.ts';
import { DeployButton } from './deploy-button.tsx';

type ReleasesSectionProps = { apartment: string; releases: ReleaseView[]; environments: WhereEnvironment[] };

export function ReleasesSection({ apartment, releases, environments }: ReleasesSectionProps) {
  const places = operable(useIdentity(), environments);
  return (
    <section aria-labelledby="releases-heading">
      <h2 id="releases-heading">Releases</h2>
      {releases.length === 0 ? (
        <Empty title="No release has been made yet.">
          <p>A release is a set of units under one version. All of them are deployed together.</p>
          <CodeLines lines={[releaseLine(apartment)]} />
        </Empty>
      ) : (
        <ol className="card record-list releases">
          {releases.map((release) => (
            <li key={release.version} className="record" data-release={release.version}>
              <span className="record-number">{release.version}</span>
              <div className="record-words">
                <p>
                  {listWords(Object.values(release.units).map(({ unit }) => unitWords(unit)))}{' '}
                  {release.deployed.map(({ environment, changed }) => (
                    <Badge key={environment} tone={changed.length > 0 ? 'wait' : 'good'}>
                      {environment}
                      {changed.length > 0 && `, ${listWords(changed)} changed`}
                    </Badge>
                  ))}
                </p>
                <p className="muted">
                  <When at={release.created_at} /> by {release.created_by}
                  {release.origin && ` from ${release.origin.environment}`}
                  {release.dataset !== undefined && (
                    <>
                      , dataset <span className="mono">{release.dataset}</span>
                    </>
                  )}
                </p>
              </div>
              {places.length > 0 && <DeployButton apartment={apartment} release={release} places={places} />}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

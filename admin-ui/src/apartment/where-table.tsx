import { Link } from '@tanstack/react-router';
import type { MovingUnit, WhereBuilding, WhereEnvironment } from '#schemas/where.ts';
import { Badge } from '../parts/badge.tsx';
import { When } from '../parts/when.tsx';
import { formatPercent, listWords } from '../words/format.ts';
import { unitWords, versionOf } from '../words/rollout-words.ts';

/** Buildings by environment. */
export function WhereTable({ apartment, environments }: { apartment: string; environments: WhereEnvironment[] }) {
  const buildings = [...new Set(environments.flatMap((one) => Object.keys(one.buildings)))].toSorted();
  return (
    // It scrolls where it is wider than the screen, and so must be within reach of the keyboard.
    <section className="card where" aria-label="Buildings by environment" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Building</th>
            {environments.map((one) => (
              <th key={one.environment} scope="col">
                <EnvironmentHead apartment={apartment} at={one} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buildings.map((building) => (
            <tr key={building} data-building={building}>
              <th scope="row">{building}</th>
              {environments.map(({ environment, buildings: here }) => (
                <td key={environment} data-environment={environment}>
                  {here[building] ? <Shown building={building} here={here[building]} /> : <span className="muted">not there</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function EnvironmentHead({ apartment, at: { environment, revision, release, lock } }: { apartment: string; at: WhereEnvironment }) {
  return (
    <>
      <Link to="/$apartment/$environment" params={{ apartment, environment }}>
        {environment}
      </Link>
      <span className="why">
        revision {revision}
        {release && `, release ${release.version}${release.changed.length > 0 ? ` (${listWords(release.changed)} changed)` : ''}`}
      </span>
      {lock && (
        <Badge tone="wait">
          {lock.holder} holds it for {lock.purpose}
        </Badge>
      )}
    </>
  );
}

const words = (building: string, unit: string): string => (unit.startsWith(`${building}@`) ? versionOf(unit) : unitWords(unit));

const Shown = ({ building, here: { unit, since, moving } }: { building: string; here: WhereBuilding }) => (
  <>
    <strong className="version">{words(building, unit)}</strong>
    {moving.map((one) => (
      <Moving key={`${one.rollout} ${one.arm}`} building={building} one={one} />
    ))}
    {since && (
      <span className="why" title={since.summary}>
        since revision {since.revision}, <When at={since.at} /> by {since.actor}
      </span>
    )}
  </>
);

const Moving = ({ building, one: { unit, percentage, state } }: { building: string; one: MovingUnit }) => (
  <span className="where-moving">
    <span aria-hidden="true">→</span> <span className="visually-hidden">being rolled out: </span>
    {words(building, unit)} {state === 'paused' ? 'held at' : 'for'} {formatPercent(percentage)}
  </span>
);

import { counted } from '#schemas/counted.ts';
import { type SimulatedRuns, type Simulation, isOftenAlone } from '#schemas/simulation.ts';
import { formatMinutes, formatNumber, formatPercent } from '../words/format.ts';
import { TimelineChart } from './timeline-chart.tsx';

const percentOf = (count: number, runs: number): string => formatPercent(runs > 0 ? (100 * count) / runs : 0);
const whole = (minutes: number): string => formatMinutes(Math.round(minutes));

/** What came of the simulated rollouts: of a version as good as the old one first, then of worse ones. */
export function SimulationView({ simulation }: { simulation: Simulation }) {
  const { runs, catches, planned_minutes: planned, visitors_per_minute: traffic, not_simulated: leftOut, complete } = simulation;
  return (
    <div className="simulation" data-testid="simulation">
      <p>
        <strong>A good version</strong>, {counted(traffic, 'visitor', formatNumber)} a minute,{' '}
        {counted(runs.runs, 'simulated rollout', formatNumber)}:
      </p>
      <ul className="simulation-ends">
        <li>
          {percentOf(runs.ends.completed, runs.runs)} reached everyone
          {runs.minutes_to_complete &&
            `, half of them within ${whole(runs.minutes_to_complete.median)}, 95 % within ${whole(runs.minutes_to_complete.p95)}`}
          . The steps alone take {whole(planned)}.
        </li>
        <li>
          {percentOf(runs.ends['rolled-back'], runs.runs)} were taken back for nothing
          {isOftenAlone(simulation) &&
            `, ${percentOf(runs.rolled_back_alone, runs.runs)} at 100 %, where nobody is left to compare with; a step of 95 % before it would leave some`}
          .
        </li>
        {runs.ends.paused > 0 && <li>{percentOf(runs.ends.paused, runs.runs)} were paused.</li>}
        {runs.ends.held > 0 && <li>{percentOf(runs.ends.held, runs.runs)} were still waiting for evidence when the simulation ended.</li>}
      </ul>
      <TimelineChart timeline={runs.timeline} />
      {catches.length > 0 && <Catches catches={catches} />}
      {leftOut.length > 0 && <p className="muted">Not simulated: {leftOut.map(({ message }) => message).join(', ')}.</p>}
      {!complete && <p className="muted">The engine gave it no more time: these are fewer rollouts than were asked for.</p>}
    </div>
  );
}

const Catches = ({ catches }: Pick<Simulation, 'catches'>) => (
  <table className="evidence-table-small">
    <caption>A version with more errors</caption>
    <thead>
      <tr>
        <th scope="col">Errors</th>
        <th scope="col" className="number">
          Caught
        </th>
        <th scope="col" className="number">
          After
        </th>
        <th scope="col" className="number">
          Saw it
        </th>
      </tr>
    </thead>
    <tbody>
      {catches.map(({ relative_risk: risk, runs }) => (
        <Caught key={risk} risk={risk} runs={runs} />
      ))}
    </tbody>
  </table>
);

const Caught = ({ risk, runs }: { risk: number; runs: SimulatedRuns }) => (
  <tr>
    <th scope="row">{formatNumber(risk)}×</th>
    <td className="number">{percentOf(runs.ends['rolled-back'] + runs.ends.paused, runs.runs)}</td>
    <td className="number">{runs.minutes_to_rollback ? `${formatNumber(Math.round(runs.minutes_to_rollback.median))} min` : '–'}</td>
    <td className="number">{runs.exposed_at_rollback ? formatNumber(Math.round(runs.exposed_at_rollback.median)) : '–'}</td>
  </tr>
);

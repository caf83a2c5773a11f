import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { counted } from '#schemas/counted.ts';
import type { RolloutHealth } from '#schemas/health-points.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import { type Place, rolloutHealthQuery } from '../api/queries.ts';
import { ChoiceSelect } from '../fields/choice-select.tsx';
import { Fold } from '../parts/fold.tsx';
import { chartKinds } from './chart-kinds.ts';
import { armsShown, lengthWords, minuteWords } from './chart-words.ts';
import { PercentilesTable } from './percentiles-table.tsx';
import { PointsTable } from './points-table.tsx';
import { TimeChart } from './time-chart.tsx';

const SPANS = { all: 'the whole rollout', step: 'this step', hour: 'the last hour' };
type Span = keyof typeof SPANS;

const HOUR_MS = 3_600_000;

/** Errors, latency and web vitals of all arms over time, with the steps. */
export function OverTime({ place, view: { rollout, now } }: { place: Place; view: RolloutView }) {
  const [span, setSpan] = useState<Span>('all');
  const [moment, setMoment] = useState<number | null>(null);
  // Whole minutes: another moment is another question, and a minute is the finest answer.
  const since = { all: undefined, step: rollout.step_started_at, hour: Math.floor((now - HOUR_MS) / 60_000) * 60_000 }[span];
  const { data: health, error } = useQuery({
    ...rolloutHealthQuery(place, rollout.id, since, isLive(rollout)),
    placeholderData: keepPreviousData,
  });
  return (
    <section className="card evidence" aria-labelledby="over-time-heading" data-testid="over-time">
      <header className="over-time-head">
        <h3 id="over-time-heading">Over time</h3>
        {isLive(rollout) && <ChoiceSelect label="Shown" options={SPANS} value={span} onChange={setSpan} />}
      </header>
      {!health && <p className="muted">{error ? error.message : 'Looking up what was counted…'}</p>}
      {health?.points.length === 0 && (
        <p className="muted">Nothing was counted in this time{isLive(rollout) ? ' yet' : ', or it is not kept any more'}.</p>
      )}
      {health && health.points.length > 0 && <Charts health={health} rollout={rollout} moment={moment} onMoment={setMoment} />}
    </section>
  );
}

type ChartsProps = {
  health: RolloutHealth;
  rollout: RolloutView['rollout'];
  moment: number | null;
  onMoment: (at: number | null) => void;
};

function Charts({ health, rollout, moment, onMoment }: ChartsProps) {
  const kinds = chartKinds(health, rollout);
  const arms = armsShown(health);
  return (
    <>
      <div className="charts">
        {kinds.map((kind) => (
          <TimeChart key={kind.id} health={health} rollout={rollout} kind={kind} arms={arms} moment={moment} onMoment={onMoment} />
        ))}
      </div>
      <p className="muted">
        From {minuteWords(health.from, health.to)} to {minuteWords(health.to, health.to)}. {lengthWords(health)} Upright lines are steps. A
        minute&rsquo;s numbers jump; what is decided rests on the evidence.
      </p>
      <PercentilesTable health={health} rollout={rollout} arms={arms} />
      <Fold title="All points in numbers" summary={counted(health.points.length, 'point')}>
        <PointsTable health={health} rollout={rollout} kinds={kinds} arms={arms} />
      </Fold>
    </>
  );
}

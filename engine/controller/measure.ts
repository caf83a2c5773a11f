import type { MetricSources } from '#engine/adapters/create-metric-sources.ts';
import { NO_TALLY, addToTally, gradeMeasurement } from '#engine/domain/grade-measurement.ts';
import { isMetricDue } from '#engine/domain/metric-states.ts';
import { type MetricSubject, metricSubjects } from '#engine/domain/metric-subjects.ts';
import { liveRollouts } from '#engine/domain/rollout-state.ts';
import type { Place, Services } from '#engine/services/context.ts';
import type { Metric } from '#schemas/analysis.ts';
import type { MeasuredSubject, Measurement } from '#schemas/measurement.ts';
import type { Rollout } from '#schemas/rollout.ts';

/** How many questions one source is asked at the same time. */
const PER_SOURCE = 8;

type Question = { place: Place; rollout: Rollout; metric: Metric; subject: MetricSubject; latest: Measurement | undefined };
type Lane = { underWay: Map<string, Promise<void>>; waiting: Question[] };

export type Measurer = {
  /** Looks for what is due and begins to ask; does not wait for answers. */
  run: () => Promise<void>;
  /** Until nothing is under way or waiting. */
  idle: () => Promise<void>;
  /** Gives up what is under way. */
  stop: () => Promise<void>;
};

export type MeasurerOptions = {
  services: Services;
  sources: MetricSources;
  onError: (error: unknown, where: string) => void;
};

/**
 * Measures the outside metrics of live rollouts. Level-triggered: what is due is read from the measurements that there are, so it
 * may be killed at any instant and run again. Each measurement is claimed before its source is asked, so two engines do not
 * ask the same. Sources have lanes of their own: one that hangs keeps nobody waiting but its own questions.
 */
export function createMeasurer({ services, sources, onError }: MeasurerOptions): Measurer {
  const lanes = new Map<string, Lane>();
  const measuredPlaces = createMeasuredPlaces(services);
  const stopping = new AbortController();

  const laneOf = (source: string): Lane => {
    const lane = lanes.get(source) ?? { underWay: new Map(), waiting: [] };
    lanes.set(source, lane);
    return lane;
  };

  function pump(lane: Lane): void {
    while (!stopping.signal.aborted && lane.underWay.size < PER_SOURCE) {
      const question = lane.waiting.shift();
      if (!question) return;
      const name = nameOf(question);
      const work = measure(services, sources, question, stopping.signal)
        .catch((error: unknown) => onError(error, name))
        .finally(() => {
          lane.underWay.delete(name);
          pump(lane);
        });
      lane.underWay.set(name, work);
    }
  }

  return {
    async run() {
      for (const lane of lanes.values()) lane.waiting = [];
      for (const { place, rollouts } of await measuredPlaces()) {
        for (const question of await dueQuestions(services, place, rollouts)) {
          const lane = laneOf(question.metric.query.source);
          if (!lane.underWay.has(nameOf(question))) lane.waiting.push(question);
        }
      }
      for (const lane of lanes.values()) {
        lane.waiting.sort((a, b) => (a.latest?.at ?? 0) - (b.latest?.at ?? 0)); // who has waited longest goes first
        pump(lane);
      }
    },
    async idle() {
      for (;;) {
        const works = [...lanes.values()].flatMap(({ underWay }) => [...underWay.values()]);
        if (works.length === 0) return;
        await Promise.all(works);
      }
    },
    async stop() {
      stopping.abort();
      await this.idle();
    },
  };
}

const nameOf = ({ place, rollout, metric, subject }: Question): string =>
  `${place.apartment}/${place.environment}/${rollout.id} ${metric.name} ${subject.name}`;

/** The places with live rollouts that have metrics. A document is read again only when its environment has another revision. */
function createMeasuredPlaces(services: Services) {
  const known = new Map<string, { revision: number; place: Place; rollouts: Rollout[] }>();
  return async (): Promise<{ place: Place; rollouts: Rollout[] }[]> => {
    for (const { apartment, environment, revision } of await services.revisions.places()) {
      const name = `${apartment}/${environment}`;
      if (known.get(name)?.revision === revision) continue;
      const place = { apartment, environment };
      const head = await services.revisions.head(place);
      if (!head) continue;
      const rollouts = liveRollouts(head.document).filter(({ analysis }) => (analysis?.metrics.length ?? 0) > 0);
      known.set(name, { revision: head.number, place, rollouts });
    }
    return [...known.values()].filter(({ rollouts }) => rollouts.length > 0);
  };
}

const rowOf = (rollout: Rollout, metric: Metric, subject: MetricSubject): MeasuredSubject => ({
  rollout: rollout.id,
  run: rollout.step_started_at,
  metric: metric.name,
  subject: subject.name,
});

async function dueQuestions(services: Services, place: Place, rollouts: Rollout[]): Promise<Question[]> {
  const now = services.now();
  const questions: Question[] = [];
  for (const rollout of rollouts) {
    for (const metric of rollout.analysis?.metrics ?? []) {
      for (const subject of metricSubjects(rollout, metric)) {
        const latest = await services.measurements.latest(place, rowOf(rollout, metric, subject));
        if (isMetricDue(rollout, metric, latest, now)) questions.push({ place, rollout, metric, subject, latest });
      }
    }
  }
  return questions;
}

/** Claims the next number of the row, asks, and writes down what came of it. */
async function measure(services: Services, sources: MetricSources, question: Question, signal: AbortSignal): Promise<void> {
  const { place, rollout, metric, subject } = question;
  const before = await settled(services, place, question.latest);
  const at = services.now();
  const claimed: Measurement = {
    ...rowOf(rollout, metric, subject),
    number: (before?.number ?? 0) + 1,
    at,
    grade: null,
    value: null,
    message: '',
    tally: before?.tally ?? NO_TALLY,
  };
  if (!(await services.measurements.claim(place, claimed))) return;
  const { name: _, ...of } = subject;
  const answer = await sources.ask(metric.query, { ...of, ...place, rollout: rollout.id }, { at, signal });
  if (signal.aborted) return services.measurements.release(place, claimed);
  const graded = gradeMeasurement(metric, answer);
  await services.measurements.answer(place, { ...claimed, ...graded, tally: addToTally(claimed.tally, graded.grade) });
}

/** A measurement that was claimed long ago and never answered counts as an error: whoever asked was killed, or could not write. */
async function settled(services: Services, place: Place, latest: Measurement | undefined): Promise<Measurement | undefined> {
  if (!latest || latest.grade !== null) return latest;
  const abandoned = {
    ...latest,
    grade: 'error' as const,
    message: 'no answer was written down',
    tally: addToTally(latest.tally, 'error'),
  };
  await services.measurements.answer(place, abandoned);
  return abandoned;
}

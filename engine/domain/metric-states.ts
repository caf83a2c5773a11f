import type { Metric } from '#schemas/analysis.ts';
import type { Measurement, MetricTally } from '#schemas/measurement.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { MetricState } from '#schemas/verdict.ts';
import { NO_TALLY } from './grade-measurement.ts';
import { metricSubjects } from './metric-subjects.ts';

const MS_PER_SECOND = 1_000;

/** After this time a source that was asked has answered or timed out; otherwise whoever asked it is gone. */
export const ABANDONED_AFTER_MS = 30_000;

const intervalOf = (metric: Metric): number => metric.interval_seconds * MS_PER_SECOND;

const isWarm = (rollout: Rollout, metric: Metric, now: number): boolean =>
  now >= rollout.step_started_at + metric.initial_delay_seconds * MS_PER_SECOND;

/**
 * Whether the metric is to be measured now, `latest` being its latest measurement in this run. A clock that jumped back by
 * more than an interval does not keep it waiting for the time to come again.
 */
export function isMetricDue(rollout: Rollout, metric: Metric, latest: Measurement | undefined, now: number): boolean {
  if (!isWarm(rollout, metric, now)) return false;
  if (!latest) return true;
  const since = Math.abs(now - latest.at);
  return since >= (latest.grade === null ? Math.max(intervalOf(metric), ABANDONED_AFTER_MS) : intervalOf(metric));
}

/** A measurement says something of now for two intervals and the time that asking may take. */
const isFresh = (metric: Metric, { at }: Measurement, now: number): boolean =>
  Math.abs(now - at) <= 2 * intervalOf(metric) + ABANDONED_AFTER_MS;

/**
 * What the rollout's metrics came to. `measurements` are the latest *answered* one of each metric and subject; those of another
 * run are left out. Of several subjects (arms, buildings) the worst speaks for the metric: the one that broke a limit, else
 * the one that was not measured, else the one with most failures, errors in a row, inconclusive ones, fewest successes.
 */
export function metricStatesOf(rollout: Rollout, measurements: readonly Measurement[], now: number): MetricState[] {
  return (rollout.analysis?.metrics ?? []).map((metric) => {
    const states = metricSubjects(rollout, metric).map(({ name }) => {
      const isOfIt = (one: Measurement): boolean =>
        one.rollout === rollout.id && one.run === rollout.step_started_at && one.metric === metric.name && one.subject === name;
      return stateOf(rollout, metric, measurements.find(isOfIt), now);
    });
    const unmeasured = stateOf(rollout, metric, undefined, now);
    return states.reduce((worst, next) => (isWorse(metric, next, worst) ? next : worst), states[0] ?? unmeasured);
  });
}

function stateOf(rollout: Rollout, metric: Metric, measured: Measurement | undefined, now: number): MetricState {
  const { name, role, dry_run } = metric;
  const tally: MetricTally = measured?.tally ?? NO_TALLY;
  const base = { name, role, dry_run, ...tally, due: isWarm(rollout, metric, now) };
  if (!measured || !isFresh(metric, measured, now)) return { ...base, successes: 0, last: null };
  const message = measured.subject === '' ? measured.message : `${measured.subject}: ${measured.message}`;
  return { ...base, last: { at: measured.at, value: measured.value, message } };
}

function isWorse(metric: Metric, one: MetricState, other: MetricState): boolean {
  const ranks = [one, other].map((state) => [
    Number(state.failures > metric.failure_limit),
    Number(state.consecutive_errors > metric.consecutive_error_limit),
    Number(state.inconclusive > metric.inconclusive_limit),
    Number(state.last === null),
    state.failures,
    state.consecutive_errors,
    state.inconclusive,
    -state.successes,
  ]) as [number[], number[]];
  const at = ranks[0].findIndex((rank, index) => rank !== ranks[1][index]);
  return at >= 0 && ranks[0][at]! > ranks[1][at]!;
}

import { ORDERED_COMPARISONS, type OrderedComparison } from '#schemas/analysis.ts';
import { type ArmPoint, type RolloutHealth, type TimePoint, USUAL_POINTS } from '#schemas/health-points.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { periodsOf } from '../shares.ts';
import { type Sketch, percentilesOf } from './percentiles.ts';

/** What was counted of an arm from minute `at` (since 1970) on, in `width` minutes. */
export type CountedPoint = {
  arm: string;
  at: number;
  width: number;
  exposures: number;
  visitors: number;
  failed_visitors: number;
  latency_count: number;
  latency_sum_ms: number;
  feedback_count: number;
  feedback_sum: number;
  goals: number;
  sketches: Partial<Record<OrderedComparison, Sketch>>;
};

const MS_PER_MINUTE = 60_000;

/** Lengths of points in minutes that people can read an axis by; each divides a day. */
const LENGTHS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1_440] as const;

/** The shortest length in minutes with which a chart from `from` to `to` (epoch ms) has few enough points. */
export const usualLength = (from: number, to: number): number =>
  LENGTHS.find((length) => (to - from) / (length * MS_PER_MINUTE) <= USUAL_POINTS) ?? LENGTHS.at(-1)!;

/** Points of `minutes` each, oldest first. What was kept in longer ones stays as it is. */
export function timePoints(counted: readonly CountedPoint[], minutes: number): TimePoint[] {
  const spans = new Map<string, { at: number; length: number; points: CountedPoint[] }>();
  for (const point of counted) {
    const length = Math.max(minutes, point.width);
    const at = Math.floor(point.at / length) * length;
    const key = `${at} ${length}`;
    const span = spans.get(key) ?? { at, length, points: [] };
    spans.set(key, span);
    span.points.push(point);
  }
  return [...spans.values()]
    .toSorted((a, b) => a.at - b.at || a.length - b.length)
    .map(({ at, length, points }) => ({ at: at * MS_PER_MINUTE, minutes: length, arms: armPoints(points) }));
}

/** All of the points together, for each arm. */
export function armPoints(counted: readonly CountedPoint[]): Record<string, ArmPoint> {
  const arms = new Map<string, CountedPoint[]>();
  for (const point of counted) arms.set(point.arm, [...(arms.get(point.arm) ?? []), point]);
  return Object.fromEntries([...arms].map(([arm, points]) => [arm, sumOf(points)]));
}

function sumOf(points: readonly CountedPoint[]): ArmPoint {
  const sum = (read: (point: CountedPoint) => number): number => points.reduce((total, point) => total + read(point), 0);
  const mean = (total: number, count: number): number | null => (count > 0 ? total / count : null);
  const visitors = sum((point) => point.visitors);
  const failed = sum((point) => point.failed_visitors);
  const [latency, lcp, inp, cls] = ORDERED_COMPARISONS.map((metric) => percentilesOf(points.map(({ sketches }) => sketches[metric] ?? [])));
  return {
    exposures: sum((point) => point.exposures),
    visitors,
    failed_visitors: failed,
    // Somebody heard of before may fail now: what falls into a short time is no part of a whole.
    error_rate: visitors > 0 ? Math.min(100, (100 * failed) / visitors) : failed > 0 ? 100 : null,
    latency_mean: mean(
      sum((point) => point.latency_sum_ms),
      sum((point) => point.latency_count),
    ),
    feedback_mean: mean(
      sum((point) => point.feedback_sum),
      sum((point) => point.feedback_count),
    ),
    goals: sum((point) => point.goals),
    latency: latency!,
    lcp: lcp!,
    inp: inp!,
    cls: cls!,
  };
}

/** When the rollout came to another step from `from` (epoch ms) on, and the step that it was in then. */
export function stepMarks(rollout: Rollout, from: number): RolloutHealth['steps'] {
  const marks: RolloutHealth['steps'] = [];
  for (const { step, started_at: at } of periodsOf(rollout)) {
    if (marks.at(-1)?.step !== step) marks.push({ at, step, percentage: rollout.steps[step]?.percentage ?? 100 });
  }
  const first = marks.findLastIndex(({ at }) => at <= from);
  return marks.slice(Math.max(0, first));
}

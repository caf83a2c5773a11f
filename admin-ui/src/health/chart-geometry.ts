import type { ArmPoint, RolloutHealth, TimePoint } from '#schemas/health-points.ts';

/** Where the lines of a chart go: pure, so that a chart only draws. */

export const MS_PER_MINUTE = 60_000;
/** The drawing's own size; it is stretched to whatever room there is. */
export const WIDTH = 600;
export const HEIGHT = 140;

/** One number of an arm in a point; null: nothing to draw. */
export type Read = (point: ArmPoint) => number | null;

export type Line = { arm: string; path: string };

export const middleOf = ({ at, minutes }: TimePoint): number => at + (minutes * MS_PER_MINUTE) / 2;

/** 1, 2, 2.5 or 5 times a power of ten, at least `value`. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** The largest number that is drawn, rounded up; null: there is nothing to draw. */
export function ceilingOf(points: readonly TimePoint[], read: Read): number | null {
  const values = points.flatMap(({ arms }) => Object.values(arms).map(read)).filter((value) => value !== null);
  return values.length === 0 ? null : niceCeiling(Math.max(...values));
}

export const xOf = (at: number, { from, to }: Pick<RolloutHealth, 'from' | 'to'>): number =>
  WIDTH * Math.min(1, Math.max(0, (at - from) / Math.max(1, to - from)));

export const yOf = (value: number, ceiling: number): number => HEIGHT * (1 - Math.min(1, value / ceiling));

/** The line of an arm, which breaks where nothing was counted; and numbers on their own: lines of no length, which round ends make dots. */
export function pathsOf(health: RolloutHealth, arm: string, read: Read, ceiling: number): { line: string; dots: string } {
  const runs = runsOf(health, arm, read, ceiling);
  const alone = runs.filter((places) => places.length === 1);
  return { line: runs.map((places) => `M${places.join('L')}`).join(''), dots: alone.map(([place]) => `M${place}h0`).join('') };
}

/** Places of points that follow one another without a gap. */
function runsOf(health: RolloutHealth, arm: string, read: Read, ceiling: number): string[][] {
  const runs: string[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const point of health.points) {
    const value = point.arms[arm] ? read(point.arms[arm]) : null;
    if (value === null) continue;
    const place = `${xOf(middleOf(point), health).toFixed(1)} ${yOf(value, ceiling).toFixed(1)}`;
    if (point.at - end > point.minutes * MS_PER_MINUTE) runs.push([place]);
    else runs.at(-1)!.push(place);
    end = point.at + point.minutes * MS_PER_MINUTE;
  }
  return runs;
}

/** The point nearest to a moment. */
export const nearestTo = (points: readonly TimePoint[], at: number): TimePoint | undefined =>
  points.reduce<TimePoint | undefined>(
    (best, point) => (best === undefined || Math.abs(middleOf(point) - at) < Math.abs(middleOf(best) - at) ? point : best),
    undefined,
  );

export const placeOf = (point: TimePoint, health: RolloutHealth): number => (100 * xOf(middleOf(point), health)) / WIDTH;

/** Steps that a chart has room to name, with their place in percent of its width. */
export function stepMarks(health: RolloutHealth): { step: number; percentage: number; place: number; isNamed: boolean }[] {
  let named = Number.NEGATIVE_INFINITY;
  return health.steps
    .filter(({ at }) => at <= health.to)
    .map(({ at, step, percentage }) => {
      const place = (100 * xOf(at, health)) / WIDTH;
      const isNamed = place - named >= 12;
      if (isNamed) named = place;
      return { step, percentage, place, isNamed };
    });
}

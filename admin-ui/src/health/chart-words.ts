import type { RolloutHealth, TimePoint } from '#schemas/health-points.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { armWords } from '../words/arm-words.ts';
import { formatMinutes, formatWhen } from '../words/format.ts';
import { MS_PER_MINUTE } from './chart-geometry.ts';
import type { ChartKind } from './chart-kinds.ts';

/** Without seconds, which no point has. */
export const minuteWords = (at: number, now: number): string => formatWhen(at, now).replace(/:\d\d$/, '');

/** `20:14`, `20:10 to 20:15` */
export const momentWords = ({ at, minutes }: TimePoint, now: number): string =>
  minutes === 1 ? minuteWords(at, now) : `${minuteWords(at, now)} to ${minuteWords(at + minutes * MS_PER_MINUTE, now)}`;

/** A point of a chart, read aloud. */
export const readingWords = (point: TimePoint, kind: ChartKind, arms: readonly string[], rollout: Rollout, now: number): string =>
  `${momentWords(point, now)}: ${arms
    .map((arm) => {
      const value = point.arms[arm] ? kind.read(point.arms[arm]) : null;
      return `${armWords(arm, rollout)} ${value === null ? 'nothing' : kind.format(value)}`;
    })
    .join(', ')}`;

/** Arms in the order in which they are shown: those that are tried, then the control. */
export function armsShown({ arms, points, control }: RolloutHealth): string[] {
  const names = new Set([...points.flatMap((point) => Object.keys(point.arms)), ...Object.keys(arms)]);
  names.delete(control);
  return [...[...names].toSorted(), control];
}

/** How long the points are: most of them alike. */
export const lengthWords = ({ minutes }: RolloutHealth): string => `Each point is ${minutes === 1 ? 'a minute' : formatMinutes(minutes)}.`;

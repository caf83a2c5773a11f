import { WINDOWS_MINUTES } from '#schemas/health.ts';

const MS_PER_MINUTE = 60_000;

/** How much each start of the comparison weighs. */
export const WINDOW_WEIGHTS: readonly number[] = [0.8, 0.1, 0.1];

export type Opening = { started_at: number; warm_up: number };

/** For each window the first minute (since 1970) that counts: the first that is wholly after its beginning. */
export const windowOpenings = ({ started_at: startedAt, warm_up: warmUp }: Opening): number[] =>
  WINDOWS_MINUTES.map((minutes) => (warmUp + minutes === 0 ? 0 : Math.ceil(startedAt / MS_PER_MINUTE + warmUp + minutes)));

/** How many of the windows, which open one after the other, count a minute. */
export function openWindows(openings: readonly number[], minute: number): number {
  let open = 0;
  while (open < openings.length && openings[open]! <= minute) open++;
  return open;
}

export const noWindows = (): number[] => WINDOWS_MINUTES.map(() => 0);

/** Adds to the first windows, those that are open. */
export function addToWindows(windows: number[], open: number, count: number): void {
  for (let i = 0; i < open; i++) windows[i]! += count;
}

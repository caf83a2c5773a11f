import { type FreezeWindow, type Policy, WEEKDAYS, type Weekday } from '#schemas/policy.ts';
import { type Problem, problem } from '#schemas/problem.ts';

/** The freeze window of the policy that `now` (epoch ms) lies in; null: none. */
export function freezeAt(policy: Policy | undefined, now: number): FreezeWindow | null {
  return policy?.freeze_windows.find((window) => isIn(window, now)) ?? null;
}

const MS_PER_MINUTE = 60_000;
const DAY_MINUTES = 1_440;
/** A week of windows comes round; whoever is frozen for longer is frozen for ever. */
const LONGEST_MS = 8 * DAY_MINUTES * MS_PER_MINUTE;

/** When (epoch ms) the policy freezes nothing any more, at a whole minute; null: it is no freeze at `now`, or one without an end. */
export function freezeEndsAt(policy: Policy | undefined, now: number): number | null {
  let at = now;
  for (let window = freezeAt(policy, at); window !== null; window = freezeAt(policy, at)) {
    at = endOf(window, at);
    if (at - now > LONGEST_MS) return null;
  }
  return at === now ? null : at;
}

/** By how much clocks are put forward at most. */
const LONGEST_SHIFT_MS = 2 * 60 * MS_PER_MINUTE;

/**
 * A minute after `at`, which is in the window, at which the clock on the wall may show its end. Clocks that are put back meanwhile
 * make it too early, so that the window is asked again. Clocks that are put forward make it too late, perhaps in the window's
 * next turn, so the minutes before it are looked at one by one.
 */
function endOf(window: FreezeWindow, at: number): number {
  const minutes = (minutesOf(window.to) - minutesOf(wallClock(window.time_zone, at).time) + DAY_MINUTES) % DAY_MINUTES;
  const latest = (Math.floor(at / MS_PER_MINUTE) + (minutes || DAY_MINUTES)) * MS_PER_MINUTE;
  let end = Math.max((Math.floor(at / MS_PER_MINUTE) + 1) * MS_PER_MINUTE, latest - LONGEST_SHIFT_MS);
  while (end < latest && isIn(window, end)) end += MS_PER_MINUTE;
  return end;
}

const minutesOf = (time: string): number => 60 * Number(time.slice(0, 2)) + Number(time.slice(3));

/** The refusal of what may not be `done` ("started", "moved", …) in a freeze. */
export const frozenRefusal = (freeze: FreezeWindow, done: string): Problem =>
  problem('frozen', `Nothing is ${done} in a freeze: ${describeFreeze(freeze)}. Override it with a reason, if it must be.`);

/** The refusal of what somebody wants `done` at `now`, unless they say that, and why, it must be; `detail` is told where only the why is missing. */
export function freezeRefusal(
  policy: Policy | undefined,
  { override_freeze: overrides, reason }: { override_freeze?: boolean | undefined; reason?: string | undefined },
  now: number,
  { done, detail }: { done: string; detail: string },
): Problem | null {
  const freeze = freezeAt(policy, now);
  if (!freeze) return null;
  if (!overrides) return frozenRefusal(freeze, done);
  return reason === undefined ? problem('unprocessable', detail, [{ path: '/reason', message: 'say why the freeze is overridden' }]) : null;
}

/** "fri, sat 18:00–08:00 Europe/Berlin (weekend)" */
export function describeFreeze({ days, from, to, time_zone: zone, reason }: FreezeWindow): string {
  return `${days.join(', ')} ${from}–${to} ${zone}${reason === undefined ? '' : ` (${reason})`}`;
}

/**
 * Windows are meant by the clock on the wall: an hour that summer time leaves out is in no window, one that it repeats is in
 * it twice. `HH:MM` sorts as text.
 */
function isIn({ days, from, to, time_zone: zone }: FreezeWindow, now: number): boolean {
  const { day, time } = wallClock(zone, now);
  const yesterday = WEEKDAYS[(WEEKDAYS.indexOf(day) + 6) % 7]!;
  if (from < to) return days.includes(day) && from <= time && time < to;
  return (days.includes(day) && from <= time) || (days.includes(yesterday) && time < to);
}

/** Making a formatter costs a hundred times of using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function wallClock(zone: string, now: number): { day: Weekday; time: string } {
  let formatter = formatters.get(zone);
  if (!formatter) {
    const fields = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...fields });
    formatters.set(zone, formatter);
  }
  const parts = new Map(formatter.formatToParts(now).map(({ type, value }) => [type, value]));
  return { day: parts.get('weekday')!.toLowerCase() as Weekday, time: `${parts.get('hour')}:${parts.get('minute')}` };
}

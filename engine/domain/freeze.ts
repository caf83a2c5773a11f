import { type FreezeWindow, type Policy, WEEKDAYS, type Weekday } from '#schemas/policy.ts';

/** The freeze window of the policy that `now` (epoch ms) lies in; null: none. */
export function freezeAt(policy: Policy | undefined, now: number): FreezeWindow | null {
  return policy?.freeze_windows.find((window) => isIn(window, now)) ?? null;
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

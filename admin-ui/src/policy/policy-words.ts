import type { FreezeWindow, Weekday } from '#schemas/policy.ts';
import { listWords } from '../words/format.ts';

export const DAY_WORDS: Record<Weekday, string> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

/** A week as people begin it. */
export const DAYS = Object.keys(DAY_WORDS) as Weekday[];

/** `Friday and Saturday from 18:00 to 08:00 of the next day, Europe/Berlin (weekend)` */
export function windowWords({ days, from, to, time_zone: zone, reason }: FreezeWindow): string {
  const names = listWords(DAYS.filter((day) => days.includes(day)).map((day) => DAY_WORDS[day]));
  const end = to > from ? to : `${to} of the next day`;
  return `${names} from ${from} to ${end}, ${zone}${reason === undefined ? '' : ` (${reason})`}`;
}

import { InvalidArgumentError } from 'commander';
import { storedUnitId } from '#schemas/version-tag.ts';
import type { Weekday } from '#schemas/policy.ts';

/** Parsers of option values. Each refuses with a message that shows a good value. */

export const collect = (value: string, before: string[] = []): string[] => [
  ...before,
  ...value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
];

/** `name@range`, several times → {name: range}. A scoped package keeps its first "@". */
export function collectRanges(value: string, before: Record<string, string> = {}): Record<string, string> {
  const at = value.lastIndexOf('@');
  if (at < 1 || at === value.length - 1) throw new InvalidArgumentError('Use name@range, such as react@^19.0.0.');
  return { ...before, [value.slice(0, at)]: value.slice(at + 1) };
}

export function collectPairs(value: string, before: Record<string, string> = {}): Record<string, string> {
  const equals = value.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Use key=value.');
  return { ...before, [value.slice(0, equals)]: value.slice(equals + 1) };
}

export function collectJson(value: string, before: Record<string, unknown>[] = []): Record<string, unknown>[] {
  try {
    return [...before, JSON.parse(value) as Record<string, unknown>];
  } catch (error) {
    throw new InvalidArgumentError(`Use JSON, such as '{"plan": "pro"}' (${(error as Error).message}).`);
  }
}

export function toNumber(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('Use a number.');
  return number;
}

export const toNumbers = (value: string): number[] => collect(value).map((item) => toNumber(item.replace(/%$/, '')));

const MINUTES: Record<string, number> = { s: 1 / 60, m: 1, h: 60, d: 24 * 60 };

/** `90s`, `10m`, `2h`, `1d`, or plain minutes → minutes. */
export function toMinutes(value: string): number {
  const [, number, unit = 'm'] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(value) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Use a duration such as 90s, 10m or 2h.');
  return Number(number) * MINUTES[unit]!;
}

export type StepOption = number | { percentage: number; duration: number };

/** `5,25:2h,100:30s` → shares, those with a time of their own as steps of so many minutes. */
export const toSteps = (value: string): StepOption[] =>
  collect(value).map((item) => {
    const [share, time, ...rest] = item.split(':').map((part) => part.trim());
    if (rest.length > 0)
      throw new InvalidArgumentError('Use shares, such as 5,25,100, or shares with their times, such as 5,25:2h,100:30s.');
    const percentage = toNumber(share!.replace(/%$/, ''));
    return time === undefined ? percentage : { percentage, duration: toMinutes(time) };
  });

/** `5-100:6` → six shares from 5 to 100. */
export function toRamp(value: string): { from: number; to: number; steps: number } {
  const [, from, to, steps] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?):(\d+)$/.exec(value) ?? [];
  if (steps === undefined) throw new InvalidArgumentError('Use from-to:steps, such as 5-100:6.');
  return { from: Number(from), to: Number(to), steps: Number(steps) };
}

/** A moment with its offset, as ISO 8601 writes it → epoch ms. Without an offset nobody knows which one is meant. */
export function toTime(value: string): number {
  const isComplete = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/.test(value);
  const at = isComplete ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('Use a time with its offset, such as 2026-01-15T06:00Z or 2026-01-15T07:00+01:00.');
  return at;
}

type VariantOption = { name: string; weight?: number; units: string[] };

/** `green=main@1.1.0,header@2.0.0`, `green*3=main@1.1.0`, or `old=` for what is stable. */
export function collectVariants(value: string, before: VariantOption[] = []): VariantOption[] {
  const [, name, weight, units] = /^([^=*]+)(?:\*(\d+(?:\.\d+)?))?=(.*)$/.exec(value) ?? [];
  if (name === undefined) throw new InvalidArgumentError('Use name=units, such as green=main@1.1.0, or old= for what is stable.');
  return [...before, { name, ...(weight === undefined ? {} : { weight: Number(weight) }), units: collect(units!).map(storedUnitId) }];
}

type FreezeOption = { days: Weekday[]; from: string; to: string; time_zone: string };

/** `fri+sat@18:00-08:00@Europe/Berlin` */
export function collectFreezes(value: string, before: FreezeOption[] = []): FreezeOption[] {
  const [, days, from, to, zone] = /^([a-z+]+)@(\d\d:\d\d)-(\d\d:\d\d)@(\S+)$/.exec(value) ?? [];
  if (zone === undefined) throw new InvalidArgumentError('Use days@from-to@zone, such as fri+sat@18:00-24:00@Europe/Berlin.');
  return [...before, { days: days!.split('+') as Weekday[], from: from!, to: to!, time_zone: zone }];
}

import { InvalidArgumentError } from 'commander';

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

/** A time as ISO 8601 or epoch milliseconds → epoch ms. */
export function toTime(value: string): number {
  const time = /^\d{10,}$/.test(value) ? Number(value) : /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isFinite(time)) throw new InvalidArgumentError('Use a time such as 2026-01-15T14:03:00Z.');
  return time;
}

import { counted } from '#schemas/counted.ts';

/** Numbers and times as the page writes them. */

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const number = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

export const formatClock = (at: number): string => clock.format(at);
export const formatFull = (at: number): string => full.format(at);
const exact = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 4 });

/** What was measured elsewhere, of whatever size. */
export const formatValue = (value: number): string => exact.format(value);
export const formatNumber = (value: number): string => number.format(value);
export const formatPercent = (value: number): string => `${number.format(value)} %`;
export const formatMs = (value: number): string => `${number.format(Math.round(value))} ms`;

/** The time today, else day and time. */
export function formatWhen(at: number, now: number): string {
  return new Date(at).toDateString() === new Date(now).toDateString() ? formatClock(at) : `${day.format(at)}, ${formatClock(at)}`;
}

/** `0:07`, `12:30`, `2:05:00`, `3 days`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds >= 2 * 86_400) return `${Math.floor(seconds / 86_400)} days`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `30 seconds`, `40 minutes`, `1 minute`, `2 h 30 min`. */
export function formatMinutes(minutes: number): string {
  if (minutes > 0 && minutes < 1) return counted(minutes * 60, 'second', formatNumber);
  if (minutes < 120) return counted(minutes, 'minute', formatNumber);
  const rest = Math.round(minutes % 60);
  return `${formatNumber(Math.floor(minutes / 60))} h${rest > 0 ? ` ${rest} min` : ''}`;
}

export function formatSize(bytes: number): string {
  return bytes < 1_024
    ? `${bytes} B`
    : bytes < 1_048_576
      ? `${number.format(bytes / 1_024)} KiB`
      : `${number.format(bytes / 1_048_576)} MiB`;
}

export const listWords = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

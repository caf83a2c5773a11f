import { counted } from '#schemas/counted.ts';

/** A number as people read it: one decimal below 100, thousands apart, never an exponent of a small one. */
export function formatNumber(value: number): string {
  const rounded = Math.abs(value) < 100 ? Math.round(value * 10) / 10 : Math.round(value);
  if (Math.abs(rounded) < 1_000) return rounded.toString();
  return rounded.toString().replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Evidence in words: what is far beyond all need is only "over a million". */
export const formatEvidence = (value: number): string => (value >= 1e6 ? 'over a million' : formatNumber(value));

/** `20 minutes`, `1.5 minutes`; below a minute `5 seconds`. */
export const sayMinutes = (minutes: number): string =>
  minutes < 1 ? counted(minutes * 60, 'second', formatNumber) : counted(minutes, 'minute', formatNumber);

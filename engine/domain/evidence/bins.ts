import { DDSketch } from '@datadog/sketches-js';

/** Values are kept to within this part of themselves. */
export const RELATIVE_ACCURACY = 0.02;

const { mapping } = new DDSketch({ relativeAccuracy: RELATIVE_ACCURACY });

/** Where zero, and whatever is below it or no number, is counted: below every bin that a positive value can have. */
export const ZERO_BIN = -20_000;

/** The bin of a log-scale sketch (DDSketch's logarithmic mapping) in which a value falls. Total: any number has one. */
export function binOf(value: number): number {
  if (!(value > mapping.minPossible)) return ZERO_BIN;
  return mapping.key(Math.min(value, mapping.maxPossible));
}

/** A value that is within 2 % of all values of the bin. */
export const valueOf = (bin: number): number => (bin <= ZERO_BIN ? 0 : mapping.value(bin));

import { DDSketch } from '@datadog/sketches-js';

/** Values are kept to within this part of themselves. */
export const RELATIVE_ACCURACY = 0.02;

/** Smaller ones cannot be told from zero, larger ones not from each other: milliseconds and layout shifts lie well between. */
const SMALLEST = 1e-6;
const LARGEST = 1e9;

const { mapping } = new DDSketch({ relativeAccuracy: RELATIVE_ACCURACY });

/** The bin of zero, of whatever is below it, and of what is no number. It is below all others. */
export const ZERO_BIN = mapping.key(SMALLEST) - 1;
export const LAST_BIN = mapping.key(LARGEST);

/** The bin of a log-scale sketch (DDSketch's logarithmic mapping) in which a value falls. Any number has one. */
export const binOf = (value: number): number => (value >= SMALLEST ? mapping.key(Math.min(value, LARGEST)) : ZERO_BIN);

/** A value that is within 2 % of all values of the bin. */
export const valueOf = (bin: number): number => (bin <= ZERO_BIN ? 0 : mapping.value(bin));

import { type Stratum, mixtureOfBets } from './label-odds.ts';

/**
 * By what the odds of being the arm's may be off, and how much each bet weighs: what is lost is usually the arm's, and much
 * of it, so those weigh more.
 */
const TILTS: readonly (readonly [odds: number, weight: number])[] = [
  [0.5, 0.1],
  [0.8, 0.3],
  [0.9, 0.15],
  [0.95, 0.08],
  [0.98, 0.04],
  [0.99, 0.03],
  [1.01, 0.03],
  [1.02, 0.04],
  [1.05, 0.05],
  [1.1, 0.06],
  [1.25, 0.07],
  [2, 0.05],
];

/** The log of the evidence that first exposures are not shared as planned (DECISIONS, "Sample ratio mismatch"). */
export const logSampleRatio: (exposures: readonly Stratum[]) => number = mixtureOfBets(
  TILTS.map(([odds]) => odds),
  TILTS.map(([, weight]) => weight),
);

import type { Analysis } from '#schemas/analysis.ts';
import type { Observation } from '#schemas/verdict.ts';
import type { Stratum } from './label-odds.ts';
import { type Exclusion, exclusionOf, visitorsNeeded } from './promotion-evidence.ts';
import { type Counted, type Pair, strataOf, totals } from './strata.ts';

/** The comparisons in which a step must rule out a regression. */
const ASKED = ['errors', 'latency'] as const;
/** So many must be due before an arm is said to report too little, and this part of what is due is too little. */
const LEAST_DUE = 20;
const TOO_LITTLE = 0.5;

export type Promotion = Exclusion & {
  arm: string;
  metric: (typeof ASKED)[number];
  /** About how many more visitors it takes; null: nothing to go by. */
  visitors: number | null;
  /** The arm reports so much less than its control that having seen few bad outcomes means little. */
  isMuted: boolean;
};

/**
 * What the step must rule out of an arm, and how far that is: errors, and the share of visitors slower than the pooled p95.
 * A metric that neither arm reports at all is not asked for. Nothing is asked where there is no control now.
 */
export function promotionOf({ overall, periods, step }: Observation, analysis: Analysis, pair: Pair): Promotion[] {
  const share = pair.shares.get(periods.at(-1)?.period ?? -1);
  if (analysis.promotion === 'limits' || share === undefined) return [];
  const risk = analysis.exclude[Math.min(step, analysis.exclude.length - 1)]!;
  const strata = (count: Counted): Stratum[] => strataOf(overall, pair, count);
  const settled = strata((trial) => trial.settled[0]!);
  const heard = strata((trial) => Math.max(0, trial.settled[0]! - trial.silent[0]!));
  const timed = strata((trial) => trial.timed[0]!);
  return ASKED.filter((metric) => analysis.compare.includes(metric) && (metric === 'errors' || timed.length > 0)).map((metric) => {
    const isErrors = metric === 'errors';
    const outcomes = strata((trial) => (isErrors ? trial.calm_failed : trial.calm_slow));
    const among = isErrors ? strata((trial) => trial.exposed) : timed;
    const exclusion = exclusionOf(outcomes, risk, analysis.beta);
    return {
      ...exclusion,
      arm: pair.arm,
      metric,
      visitors: visitorsNeeded(exclusion, share, sizeOf(outcomes), sizeOf(among)),
      isMuted: isErrors ? hearsLess(heard, settled) : isBelowShare(timed),
    };
  });
}

const sizeOf = (strata: readonly Stratum[]): number => totals(strata).arm + totals(strata).control;

/** Far fewer of the arm's visitors are heard of than of the control's. */
function hearsLess(heard: readonly Stratum[], settled: readonly Stratum[]): boolean {
  const [ofHeard, ofSettled] = [totals(heard), totals(settled)];
  if (ofSettled.arm < LEAST_DUE || ofSettled.control === 0) return false;
  return ofHeard.arm / ofSettled.arm < (TOO_LITTLE * ofHeard.control) / ofSettled.control;
}

/** Far fewer are the arm's than its share. */
function isBelowShare(strata: readonly Stratum[]): boolean {
  const due = strata.reduce((sum, { share, arm, control }) => sum + share * (arm + control), 0);
  return due >= LEAST_DUE && totals(strata).arm < TOO_LITTLE * due;
}

export const isRuledOut = ({ log, needed, isMuted }: Promotion): boolean => log >= needed && !isMuted;

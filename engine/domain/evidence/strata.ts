import type { Trial } from '#schemas/health.ts';
import type { ComparedState, Observation } from '#schemas/verdict.ts';
import { rivalsIn } from './compared-rollout.ts';
import type { Stratum } from './label-odds.ts';

/** What of a trial is counted. */
export type Counted = (trial: Trial) => number;

/** An arm beside its control: its share of the visitors of the two in each period in which both were given. */
export type Pair = { arm: string; control: string; shares: ReadonlyMap<number, number> };

export function pairOf({ periods, control }: Pick<Observation, 'periods' | 'control'>, arm: string): Pair {
  const shares = new Map<number, number>();
  for (const { period, shares: all } of periods) {
    const rival = rivalsIn(all, control).find(([name]) => name === arm);
    if (rival) shares.set(period, rival[1]);
  }
  return { arm, control, shares };
}

/**
 * The outcomes of an arm and its control by the share that the arm had when they fell: what is never to be added up, or
 * the paradox of Simpson takes back healthy versions. Periods of equal shares are one.
 */
export function strataOf({ periods }: ComparedState, { arm, control, shares }: Pair, count: Counted): Stratum[] {
  const strata: Stratum[] = [];
  for (const { period, arms } of periods) {
    const share = shares.get(period);
    if (share === undefined) continue;
    const ofArm = Object.hasOwn(arms, arm) ? count(arms[arm]!) : 0;
    const ofControl = Object.hasOwn(arms, control) ? count(arms[control]!) : 0;
    if (ofArm + ofControl === 0) continue;
    const same = strata.find((stratum) => stratum.share === share);
    if (!same) strata.push({ share, arm: ofArm, control: ofControl });
    else {
      same.arm += ofArm;
      same.control += ofControl;
    }
  }
  return strata;
}

export function totals(strata: readonly Stratum[]): { arm: number; control: number } {
  let arm = 0;
  let control = 0;
  for (const stratum of strata) {
    arm += stratum.arm;
    control += stratum.control;
  }
  return { arm, control };
}

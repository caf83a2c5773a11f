import type { Trial } from '#schemas/health.ts';
import type { ComparedState, Observation } from '#schemas/verdict.ts';
import { rivalsIn } from './compared-rollout.ts';
import type { Stratum } from './label-odds.ts';

/** What of a trial is counted. */
export type Counted = (trial: Trial) => number;

/** The arm's share of the visitors of itself and the control in each period in which both were given. */
export type SharesOfArm = ReadonlyMap<number, number>;

export function sharesOfArm({ periods, control }: Pick<Observation, 'periods' | 'control'>, arm: string): SharesOfArm {
  const shares = new Map<number, number>();
  for (const { period, shares: all } of periods) {
    const rival = rivalsIn(all, control).find(([name]) => name === arm);
    if (rival) shares.set(period, rival[1]);
  }
  return shares;
}

/**
 * The outcomes of an arm and its control by the share that the arm had when they fell: what is never to be added up, or
 * the paradox of Simpson takes back healthy versions. Periods of equal shares are one.
 */
export function strataOf({ periods }: ComparedState, shares: SharesOfArm, arm: string, control: string, pick: Counted): Stratum[] {
  const strata = new Map<number, Stratum>();
  for (const { period, arms } of periods) {
    const share = shares.get(period);
    if (share === undefined) continue;
    let stratum = strata.get(share);
    if (!stratum) strata.set(share, (stratum = { share, arm: 0, control: 0 }));
    if (Object.hasOwn(arms, arm)) stratum.arm += pick(arms[arm]!);
    if (Object.hasOwn(arms, control)) stratum.control += pick(arms[control]!);
  }
  return [...strata.values()].filter((stratum) => stratum.arm + stratum.control > 0);
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

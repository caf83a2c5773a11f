import { Analysis } from '#schemas/analysis.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { controlOf } from '../experiment.ts';

/** What of a rollout the comparison needs. */
export type ComparedRollout = Pick<Rollout, 'started_at' | 'analysis' | 'periods' | 'restarted' | 'experiment'>;

/** Of rollouts from before there was an analysis: they have no periods, so that nothing can be compared. */
const OLD_ANALYSIS: Analysis = Object.freeze(Analysis.parse({ promotion: 'limits' }));

export const analysisOf = ({ analysis }: Pick<Rollout, 'analysis'>): Analysis => analysis ?? OLD_ANALYSIS;

/** Since when, in epoch ms, and since which period outcomes count. */
export const beginningOf = ({ started_at: startedAt, restarted }: ComparedRollout): { at: number; period: number } =>
  restarted ?? { at: startedAt, period: 0 };

/** An arm that is compared with the control, and its share of the visitors of the two, between 0 and 1. */
export type Rival = readonly [arm: string, share: number];

export const rivalsOf = (rollout: ComparedRollout, period: number): Rival[] =>
  rivalsIn(rollout.periods?.[period]?.shares ?? {}, controlOf(rollout));

/** `shares`: of each arm, in percent. Nobody has a rival where there is no control. */
export function rivalsIn(shares: Readonly<Record<string, number>>, control: string): Rival[] {
  const rest = Object.hasOwn(shares, control) ? shares[control]! : 0;
  if (rest <= 0) return [];
  return Object.entries(shares)
    .filter(([arm, share]) => arm !== control && share > 0)
    .map(([arm, share]) => [arm, share / (share + rest)]);
}

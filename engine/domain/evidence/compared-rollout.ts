import { Analysis } from '#schemas/analysis.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { CONTROL_ARM, periodsOf } from '../shares.ts';

/** What of a rollout the comparison needs. */
export type ComparedRollout = Pick<Rollout, 'started_at' | 'analysis' | 'periods'> & {
  /** When it went back to its first step, and the first period since. */
  restarted?: { at: number; period: number } | undefined;
  /** Of an A/B test. */
  experiment?: { variants: readonly { name: string; units: Readonly<Record<string, string>> }[] } | undefined;
};

/** The arm that the others are compared with: of an A/B test its first variant without units of its own, or the first. */
export const controlOf = ({ experiment }: Pick<ComparedRollout, 'experiment'>): string =>
  (experiment?.variants.find(({ units }) => Object.keys(units).length === 0) ?? experiment?.variants[0])?.name ?? CONTROL_ARM;

/** Of rollouts from before there was an analysis: they have no periods, so that nothing can be compared. */
const OLD_ANALYSIS: Analysis = Object.freeze(Analysis.parse({ promotion: 'limits' }));

export const analysisOf = ({ analysis }: Pick<Rollout, 'analysis'>): Analysis => analysis ?? OLD_ANALYSIS;

/** Since when, in epoch ms, and since which period outcomes count. */
export const beginningOf = ({ started_at: startedAt, restarted }: ComparedRollout): { at: number; period: number } =>
  restarted ?? { at: startedAt, period: 0 };

/** The arms of a period that can be compared with its control, with their shares of the visitors of the two, between 0 and 1. */
export function rivalsOf(rollout: ComparedRollout, period: number): [arm: string, share: number][] {
  const shares = periodsOf(rollout as Rollout)[period]?.shares ?? {};
  return rivalsIn(shares, controlOf(rollout));
}

export function rivalsIn(shares: Readonly<Record<string, number>>, control: string): [arm: string, share: number][] {
  const rest = shares[control] ?? 0;
  if (rest <= 0) return [];
  return Object.entries(shares)
    .filter(([arm, share]) => arm !== control && share > 0)
    .map(([arm, share]) => [arm, share / (share + rest)]);
}

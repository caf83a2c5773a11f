import type { Document } from '#schemas/document.ts';
import { currentStep, isLive } from '#schemas/rollout-reading.ts';
import { MAX_PERIODS, type Period, type Rollout } from '#schemas/rollout.ts';
import { CANARY_ARM, CONTROL_ARM, armsOf, shareOfArm } from './experiment.ts';
import { neighboursOf } from './place-in-layer.ts';
import { liveRollouts } from './rollout-state.ts';

export { CANARY_ARM, CONTROL_ARM };

/**
 * For each arm of the rollout, its control included, the percentage of the matching visitors who are in it now. The control of
 * an A/B test is one of its variants; whoever is outside of them is not in it.
 */
export function sharesOf(document: Document, rollout: Rollout): Period['shares'] {
  const { percentage } = currentStep(rollout);
  if (rollout.experiment) return Object.fromEntries(armsOf(rollout).map((arm) => [arm.name, shareOfArm(rollout, arm)]));
  const others = neighboursOf(document, rollout).reduce((sum, other) => sum + currentStep(other).percentage, 0);
  return { [CANARY_ARM]: percentage, [CONTROL_ARM]: Math.max(0, 100 - percentage - others) };
}

/** The periods of a rollout so far; one from before there were periods is in its first. */
export const periodsOf = (rollout: Rollout): readonly Period[] => rollout.periods ?? [];

/** The number of the period that the rollout is in. */
export const currentPeriod = (rollout: Rollout): number => Math.max(0, periodsOf(rollout).length - 1);

/** The first period whose outcomes are evidence: later than the first one once the rollout was restarted. */
export const firstPeriod = (rollout: Rollout): number => rollout.restarted?.period ?? 0;

/**
 * The document with a new period for every live rollout whose shares are not those of its latest period: outcomes may only
 * be compared where they fell under the same shares (Simpson's paradox). A new salt draws visitors anew, and a restart begins anew, so
 * they begin one too.
 */
export function withPeriods(document: Document, before: Document | null, now: number): Document {
  const begun = liveRollouts(document).flatMap((rollout): [string, Rollout][] => {
    const periods = periodsOf(rollout);
    const latest = periods.at(-1);
    const shares = sharesOf(document, rollout);
    const was = before?.rollouts[rollout.id];
    const isRedrawn = was !== undefined && isLive(was) && (was.salt !== rollout.salt || firstPeriod(was) !== firstPeriod(rollout));
    if (latest && !isRedrawn && latest.step === rollout.step && sameShares(latest.shares, shares)) return [];
    if (periods.length >= MAX_PERIODS) return [];
    return [[rollout.id, { ...rollout, periods: [...periods, { step: rollout.step, started_at: now, shares }] }]];
  });
  return begun.length === 0 ? document : { ...document, rollouts: { ...document.rollouts, ...Object.fromEntries(begun) } };
}

function sameShares(a: Period['shares'], b: Period['shares']): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

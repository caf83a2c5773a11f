import { foldHealth } from '#engine/domain/evidence/fold-health.ts';
import { observationOf } from '#engine/domain/evidence/observation-of.ts';
import { judge, needsNetworks } from '#engine/domain/judge.ts';
import type { HealthDelta, HealthState } from '#schemas/health.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Observation } from '#schemas/verdict.ts';
import type { Judging } from './simulate-rollout.ts';

/** What somebody who wants to know what a mistake would cost can put in the way. */
export type Tampering = {
  /** Changes what was counted before it is folded. */
  counted?: (deltas: HealthDelta[]) => HealthDelta[];
  /** Changes what judging sees. */
  observed?: (observation: Observation, rollout: Rollout) => Observation;
};

/**
 * As the engine judges: what was counted is folded at every look; networks are looked up only when the rollout would be taken back.
 */
export function judgeAsEngine({ counted = (deltas) => deltas, observed = (observation) => observation }: Tampering = {}): Judging {
  let state: HealthState | null = null;
  let id = 0;
  return {
    learn(deltas, rollout, now) {
      const numbered = counted(deltas).map((delta) => Object.assign(delta, { id: ++id }));
      state = foldHealth(state, numbered, rollout, now);
    },
    verdict(rollout, now, networks) {
      const first = judge(observed(observationOf(state, rollout, [], now), rollout), rollout);
      const spread = needsNetworks(first) ? networks() : undefined;
      return spread ? judge(observed(observationOf(state, rollout, [], now, spread), rollout), rollout) : first;
    },
  };
}

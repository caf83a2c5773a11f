import type { RolloutCriteria } from '#schemas/rollout.ts';
import { BUCKETS, bucketOf } from './bucket.ts';
import { type CompiledRollout, INELIGIBLE, type Program, TREATED } from './compile.ts';
import { ARM_NAMES } from './make-answer.ts';
import { armOf } from './resolve.ts';
import type { Visitor } from './visitor.ts';

export type Explanation = {
  building: string;
  unit: string;
  /** `rollout`: a rollout's arm decided; `criteria-not-met`: a rollout passed the visitor by; `stable`: no rollout here. */
  reason: 'stable' | 'rollout' | 'criteria-not-met';
  rollout?: string;
  arm?: string;
  /** 0…100, beside the share that the arm has. */
  bucket_percent?: number;
  percentage?: number;
  /** The first part of the criteria that did not hold. */
  failed_criterion?: keyof RolloutCriteria;
};

/** Why the visitor gets each unit: the same decision as {@link resolve}, told. For people and audits, not for the hot path. */
export function explain(program: Program, visitor: Visitor): Explanation[] {
  const { snapshot } = program;
  return Object.entries(snapshot.buildings).map(([building, { active_unit: stable }]): Explanation => {
    const rollout = program.rollouts.find(({ source }) => Object.hasOwn(source.targets, building));
    return rollout ? explainRollout(rollout, visitor, building, stable) : { building, unit: stable, reason: 'stable' };
  });
}

function explainRollout(rollout: CompiledRollout, visitor: Visitor, building: string, stable: string): Explanation {
  const { source } = rollout;
  const arm = armOf(rollout, visitor);
  if (arm === INELIGIBLE) {
    const failed = rollout.criteria.find(({ test }) => !test(visitor));
    return { building, unit: stable, reason: 'criteria-not-met', rollout: source.id, failed_criterion: failed?.part };
  }
  return {
    building,
    unit: arm === TREATED ? source.targets[building]! : stable,
    reason: 'rollout',
    rollout: source.id,
    arm: ARM_NAMES[arm],
    bucket_percent: (bucketOf(visitor.key, rollout.seed) / BUCKETS) * 100,
    percentage: source.percentage,
  };
}

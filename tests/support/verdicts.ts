import type { Rollout } from '#schemas/rollout.ts';
import type { ArmHealth, Verdict } from '#schemas/verdict.ts';
import { NO_HEALTH } from '#engine/domain/judge.ts';
import { controlOf } from '#engine/domain/experiment.ts';

export type Judgement = 'healthy' | 'inconclusive' | 'error' | 'pause' | 'unhealthy' | 'common-cause';

const JUDGEMENTS: Record<Judgement, Pick<Verdict, 'verdict' | 'recommendation'>> = {
  healthy: { verdict: 'healthy', recommendation: 'advance' },
  inconclusive: { verdict: 'inconclusive', recommendation: 'hold' },
  error: { verdict: 'error', recommendation: 'hold' },
  pause: { verdict: 'inconclusive', recommendation: 'pause' },
  unhealthy: { verdict: 'unhealthy', recommendation: 'roll-back' },
  'common-cause': { verdict: 'unhealthy', recommendation: 'hold' },
};
export const JUDGEMENT_NAMES = Object.keys(JUDGEMENTS) as Judgement[];

/** A verdict on the step at which the rollout stands. */
export function verdictOf(
  rollout: Rollout,
  name: Judgement,
  { test, exposures = {} }: { test?: Verdict['test']; exposures?: Record<string, number> } = {},
): Verdict {
  const arms = Object.fromEntries(
    Object.entries(exposures).map(([arm, count]): [string, ArmHealth] => [arm, { ...NO_HEALTH, exposures: count }]),
  );
  return {
    ...JUDGEMENTS[name],
    reasons: [{ code: name === 'common-cause' ? 'common-cause' : 'healthy', message: `It is ${name}.` }],
    score: { value: null, parts: [], missing: [] },
    evidence: { e_value: 1, threshold: 1, comparisons: [], sample_ratio_e_value: 1, sample_ratio_threshold: 1 },
    ...(test ? { test } : {}),
    observed: {
      at: rollout.step_started_at,
      step: rollout.step,
      step_started_at: rollout.step_started_at,
      started_at: rollout.started_at,
      control: controlOf(rollout),
      arms,
      periods: [],
      overall: { periods: [], ranks: {} },
      segments: {},
      metrics: [],
    },
  };
}

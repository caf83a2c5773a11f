import { healthScore } from '../../engine/domain/health-score.ts';
import { NO_HEALTH, addHealth } from '../../engine/domain/evidence/arm-health.ts';
import { CANARY_ARM, CONTROL_ARM, currentPeriod, periodsOf } from '../../engine/domain/shares.ts';
import type { Judging } from '../../engine/simulator/simulate-rollout.ts';
import type { ArmHealth, HealthDelta } from '../../schemas/health.ts';
import type { Rollout } from '../../schemas/rollout.ts';
import type { Verdict } from '../../schemas/verdict.ts';

/**
 * What people judge rollouts by today, on the same traffic. They hold nothing: a step that is not taken back passes when its
 * time is up, as it would there.
 */

const MS_PER_MINUTE = 60_000;

/** The mission's health score and error rate against its thresholds, as measured in the step so far, at every look. */
export function missionScore(): Judging {
  let step = -1;
  let arms: Record<string, ArmHealth> = {};
  return {
    learn(deltas, rollout) {
      if (rollout.step !== step) arms = {};
      step = rollout.step;
      for (const { arm, health } of deltas) arms[arm] = addHealth(arms[arm] ?? { ...NO_HEALTH }, health);
    },
    verdict(rollout, now) {
      const canary = arms[CANARY_ARM] ?? NO_HEALTH;
      const { min_samples: enough, min_health_score: minScore, max_error_rate: maxErrors } = rollout.monitoring;
      if (canary.visitors < enough) return say('inconclusive', rollout, now);
      const errorRate = (100 * canary.failed_visitors) / canary.visitors;
      const score = healthScore({
        error_rate: { measured: errorRate, samples: canary.visitors },
        latency: { measured: canary.latency_sum_ms / canary.latency_count, samples: canary.latency_count },
        throughput: throughputOf(canary, arms[CONTROL_ARM] ?? NO_HEALTH, rollout, enough),
        feedback: null,
      });
      return say((score.value ?? 0) < minScore || errorRate > maxErrors ? 'unhealthy' : 'healthy', rollout, now);
    },
  };
}

function throughputOf(canary: ArmHealth, control: ArmHealth, rollout: Rollout, enough: number) {
  const { [CANARY_ARM]: share = 0, [CONTROL_ARM]: rest = 0 } = periodsOf(rollout).at(-1)!.shares;
  const expected = rest > 0 ? (control.loaded * share) / rest : 0;
  return expected < enough ? null : { measured: (100 * canary.loaded) / expected, samples: canary.loaded };
}

/** A metric that is measured every minute on the new version alone, and how many failed measurements end the rollout. */
function minuteChecks(hasFailed: (errorRate: number) => boolean, endsAt: number): () => Judging {
  return () => {
    let minute = -1;
    let visitors = 0;
    let failed = 0;
    let failures = 0;
    return {
      learn(deltas: HealthDelta[], _, now) {
        const current = Math.ceil(now / MS_PER_MINUTE);
        if (current !== minute) {
          if (visitors > 0 && hasFailed(failed / visitors)) failures += 1;
          minute = current;
          visitors = 0;
          failed = 0;
        }
        for (const { arm, health } of deltas) {
          if (arm !== CANARY_ARM) continue;
          visitors += health.visitors ?? 0;
          failed += health.failed_visitors ?? 0;
        }
      },
      verdict: (rollout, now) => say(failures >= endsAt ? 'unhealthy' : 'healthy', rollout, now),
    };
  };
}

/** Flagger's `request-success-rate` with `min: 99`, `interval: 1m` and `threshold: 5`: the fifth failed check rolls back. */
export const flaggerLike = minuteChecks((errorRate) => 1 - errorRate < 0.99, 5);

/** Argo Rollouts' background analysis with `successCondition: result < 0.01`, `interval: 1m` and `failureLimit: 3`: a fourth failure aborts. */
export const argoLike = minuteChecks((errorRate) => errorRate >= 0.01, 4);

function say(verdict: Verdict['verdict'], rollout: Rollout, now: number): Verdict {
  const recommendation = verdict === 'unhealthy' ? 'roll-back' : verdict === 'healthy' ? 'advance' : 'hold';
  const code = verdict === 'unhealthy' ? 'health-score' : verdict === 'healthy' ? 'healthy' : 'too-few-samples';
  return {
    verdict,
    recommendation,
    reasons: [{ code, message: verdict }],
    score: { value: null, parts: [], missing: [] },
    evidence: { e_value: 1, threshold: 1, comparisons: [], sample_ratio_e_value: 1, sample_ratio_threshold: 1 },
    observed: {
      at: now,
      step: rollout.step,
      step_started_at: rollout.step_started_at,
      started_at: rollout.started_at,
      control: CONTROL_ARM,
      arms: {},
      periods: periodsOf(rollout)
        .map((period, number) => ({ period: number, ...period }))
        .slice(currentPeriod(rollout)),
      overall: { periods: [], ranks: {} },
      segments: {},
      metrics: [],
    },
  };
}

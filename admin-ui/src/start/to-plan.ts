import type { ExperimentPlan } from '#schemas/experiment.ts';
import type { RolloutCriteria, RolloutPlanInput } from '#schemas/rollout.ts';
import type { z } from '#schemas/zod.ts';
import { toMetric } from './metric-form.ts';
import { type StartForm, USUAL_STEP, listedSteps, numberOf, wordsOf } from './start-form.ts';

/** The units of a list that are chosen already. */
export const chosen = (units: readonly (string | null)[]): string[] => units.filter((unit) => unit !== null);

/** The plan that the form means, faults and all. What a strategy does not ask for is left out. */
export function toPlan(form: StartForm): RolloutPlanInput {
  const isTest = form.strategy === 'ab_test';
  return {
    units: isTest ? [] : chosen(form.units),
    strategy: form.strategy,
    ...growth(form),
    duration: numberOf(form.duration),
    ...(form.strategy === 'canary' ? { follow_up: form.follow_up } : {}),
    ...(isTest ? { experiment: experiment(form) } : {}),
    criteria: criteriaOf(form),
    monitoring: {
      min_health_score: numberOf(form.min_health_score),
      max_error_rate: numberOf(form.max_error_rate),
      min_feedback: numberOf(form.min_feedback),
      min_samples: numberOf(form.min_samples),
    },
    analysis: {
      compare: form.compare,
      promotion: form.promotion,
      ...(form.promotion === 'evidence' ? { exclude: wordsOf(form.exclude.replaceAll('×', ' ')).map(Number) } : {}),
      warm_up: numberOf(form.warm_up),
      segments: form.compared_segments,
      ...(form.metrics.length > 0 ? { metrics: form.metrics.map(toMetric) } : {}),
    },
    ...schedule(form),
    ...(form.reason.trim() ? { reason: form.reason } : {}),
  };
}

/** Whom the form asks for. */
export const criteriaOf = (form: StartForm): RolloutCriteria => ({
  geo_regions: wordsOf(form.countries.toUpperCase()),
  user_segments: form.segments,
  feature_flags: form.flags,
  custom_rules: [],
});

function growth(form: StartForm): Pick<RolloutPlanInput, 'steps' | 'ramp'> {
  if (form.strategy === 'gradual' && form.growth === 'ramp') {
    return { ramp: { from: numberOf(form.ramp_from), steps: numberOf(form.ramp_count) } };
  }
  const shares = listedSteps(form);
  if (!shares) return {};
  const steps = shares.map((percentage, index) => {
    const { gate, role, duration } = form.each_step[index] ?? USUAL_STEP;
    const minutes = numberOf(duration || form.duration);
    return { percentage, duration: minutes, gate, ...(gate === 'manual' && role !== 'anyone' ? { role } : {}) };
  });
  const isUsual = shares.every((_, index) => (form.each_step[index] ?? USUAL_STEP) === USUAL_STEP);
  return { steps: isUsual ? shares : steps };
}

function experiment(form: StartForm): z.input<typeof ExperimentPlan> {
  const minutes = form.horizon_minutes.trim() ? { minutes: numberOf(form.horizon_minutes) } : {};
  const visitors = form.horizon_visitors.trim() ? { visitors: numberOf(form.horizon_visitors) } : {};
  return {
    variants: form.variants.map(({ name, weight, units }) => ({ name, weight: numberOf(weight), units: chosen(units) })),
    goal: form.goal,
    horizon: form.horizon === 'fixed' ? { kind: 'fixed', ...minutes, ...visitors } : { kind: 'sequential', ...minutes },
    min_difference: numberOf(form.min_difference),
    promote_winner: form.promote_winner,
  };
}

function schedule(form: StartForm): Partial<RolloutPlanInput> {
  return {
    ...(form.start_at ? { start_at: new Date(form.start_at).getTime() } : {}),
    ...(form.after.length > 0 ? { after: form.after } : {}),
    ...(form.approvals.trim() && form.approvals.trim() !== '0' ? { approvals: numberOf(form.approvals) } : {}),
    ...(form.progress_deadline.trim() ? { progress_deadline: numberOf(form.progress_deadline), on_deadline: form.on_deadline } : {}),
    ...(form.override_freeze ? { override_freeze: true } : {}),
  };
}

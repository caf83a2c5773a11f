import { Analysis } from '#schemas/analysis.ts';
import type { z } from '#schemas/zod.ts';
import type { Rollout, RolloutEdit, RolloutStep } from '#schemas/rollout.ts';
import { metricFormOf, toMetric } from '../start/metric-form.ts';
import { EMPTY_FORM, type StartForm, type StepForm, numberOf, wordsOf } from '../start/start-form.ts';

export type EditStep = StepForm & { percentage: string; everyone?: boolean | undefined };

export type RolloutEditInput = z.input<typeof RolloutEdit>;

/** What is typed into the form that changes a rollout: of the form that starts one, the fields that may change. */
export type EditForm = { plan: StartForm; steps: EditStep[] };

/** Rollouts from before there was an analysis were judged by limits. */
const analysisOf = ({ analysis }: Rollout): Analysis => analysis ?? Analysis.parse({ promotion: 'limits', compare: [] });

const toStep = ({ percentage, duration, gate, role, everyone }: RolloutStep): EditStep => ({
  percentage: String(percentage),
  duration: String(duration),
  gate,
  role: role ?? 'anyone',
  everyone,
});

/** As a `datetime-local` field has it: local time, to the minute. */
function localTime(at: number): string {
  const offset = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offset).toISOString().slice(0, 16);
}

export function editFormOf(rollout: Rollout): EditForm {
  const { monitoring, progress_deadline: deadline, on_deadline: onDeadline, start_at: startAt } = rollout;
  const { compare, promotion, exclude, warm_up: warmUp, segments, metrics } = analysisOf(rollout);
  const plan: StartForm = {
    ...EMPTY_FORM,
    min_health_score: String(monitoring.min_health_score),
    max_error_rate: String(monitoring.max_error_rate),
    min_feedback: String(monitoring.min_feedback),
    min_samples: String(monitoring.min_samples),
    compare,
    promotion,
    exclude: exclude.join(', '),
    warm_up: String(warmUp),
    compared_segments: segments,
    metrics: metrics.map(metricFormOf),
    progress_deadline: deadline === undefined ? '' : String(deadline),
    on_deadline: onDeadline ?? 'pause',
    start_at: startAt === undefined ? '' : localTime(startAt),
  };
  return { plan, steps: rollout.steps.map(toStep) };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Only what differs from the rollout; what is typed wrongly is in it as it is, for the schema to find. */
export function changesOf(rollout: Rollout, form: EditForm): RolloutEditInput {
  const usual = editFormOf(rollout);
  const { plan } = form;
  const differs = (...names: (keyof StartForm)[]): boolean => names.some((name) => !same(plan[name], usual.plan[name]));
  const before = analysisOf(rollout);
  return {
    ...(same(form.steps, usual.steps) ? {} : { steps: form.steps.map(stepOf) }),
    ...(differs('min_health_score', 'max_error_rate', 'min_feedback', 'min_samples')
      ? {
          monitoring: {
            ...rollout.monitoring,
            min_health_score: numberOf(plan.min_health_score),
            max_error_rate: numberOf(plan.max_error_rate),
            min_feedback: numberOf(plan.min_feedback),
            min_samples: numberOf(plan.min_samples),
          },
        }
      : {}),
    ...(differs('compare', 'promotion', 'exclude', 'warm_up', 'compared_segments', 'metrics')
      ? {
          analysis: {
            ...before,
            compare: plan.compare,
            promotion: plan.promotion,
            exclude: plan.promotion === 'evidence' ? wordsOf(plan.exclude.replaceAll('×', ' ')).map(Number) : before.exclude,
            warm_up: numberOf(plan.warm_up),
            segments: plan.compared_segments,
            metrics: differs('metrics') ? plan.metrics.map(toMetric) : before.metrics,
          },
        }
      : {}),
    ...(differs('progress_deadline')
      ? { progress_deadline: plan.progress_deadline.trim() === '' ? null : numberOf(plan.progress_deadline) }
      : {}),
    ...(differs('on_deadline') ? { on_deadline: plan.on_deadline } : {}),
    ...(differs('start_at') && plan.start_at !== '' ? { start_at: new Date(plan.start_at).getTime() } : {}),
  };
}

const stepOf = ({ percentage, duration, gate, role, everyone }: EditStep): RolloutStep => ({
  percentage: numberOf(percentage),
  duration: numberOf(duration),
  gate,
  ...(gate === 'manual' && role !== 'anyone' ? { role } : {}),
  ...(everyone === undefined ? {} : { everyone }),
});

/** One step more, as the last one is but for its share: before one that is for everyone, unless the rollout stands at that. */
export function withStep(steps: readonly EditStep[], stands: number): EditStep[] {
  const last = steps.length - 1;
  const isFull = numberOf(steps[last]!.percentage) >= 100 && last > stands;
  return steps.toSpliced(isFull ? last : last + 1, 0, { ...steps[last]!, percentage: '' });
}

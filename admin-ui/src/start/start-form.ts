import { invalidRequest } from '#schemas/parse.ts';
import type { Fault } from '#schemas/problem.ts';
import { Monitoring, RolloutPlan, type RolloutPlanInput } from '#schemas/rollout.ts';
import type { z } from '#schemas/zod.ts';

/** What is typed into the form; texts stay texts until it is sent. */
export type StartForm = {
  unit: string | null;
  strategy: 'gradual' | 'immediate';
  steps: string;
  duration: string;
  min_health_score: string;
  max_error_rate: string;
  min_feedback: string;
  min_samples: string;
  countries: string;
  segments: string[];
  flags: string[];
  reason: string;
};

const limits = Monitoring.parse({});

export const EMPTY_FORM: StartForm = {
  unit: null,
  strategy: 'gradual',
  steps: '5, 25, 50, 100',
  duration: '10',
  min_health_score: String(limits.min_health_score),
  max_error_rate: String(limits.max_error_rate),
  min_feedback: String(limits.min_feedback),
  min_samples: String(limits.min_samples),
  countries: '',
  segments: [],
  flags: [],
  reason: '',
};

const wordsOf = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);
const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.')));

/** The percentages typed, NaN for what is none. */
export const stepsOf = (text: string): number[] => wordsOf(text.replaceAll('%', ' ')).map(Number);

function toPlan(form: StartForm): RolloutPlanInput {
  return {
    units: form.unit === null ? [] : [form.unit],
    strategy: form.strategy,
    ...(form.strategy === 'gradual' ? { steps: stepsOf(form.steps) } : {}),
    duration: numberOf(form.duration),
    criteria: { geo_regions: wordsOf(form.countries.toUpperCase()), user_segments: form.segments, feature_flags: form.flags },
    monitoring: {
      min_health_score: numberOf(form.min_health_score),
      max_error_rate: numberOf(form.max_error_rate),
      min_feedback: numberOf(form.min_feedback),
      min_samples: numberOf(form.min_samples),
    },
    ...(form.reason.trim() ? { reason: form.reason } : {}),
  };
}

/** The plan that the form means, or all its faults, by the very schema that the engine uses. */
export function checkForm(form: StartForm): { plan: RolloutPlanInput; faults: Fault[] } {
  const plan = toPlan(form);
  const result = RolloutPlan.safeParse(plan, { error: inWords });
  return { plan, faults: result.success ? [] : (invalidRequest(result.error).errors ?? []) };
}

/** Only for what the schema itself has no words for. */
function inWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'must be a whole number' : issue.expected === 'number' ? 'must be a number' : undefined;
    case 'invalid_union':
      return 'must be a percentage, more than 0 and at most 100';
    case 'too_small':
      if (issue.origin === 'array') return issue.path?.[0] === 'units' ? 'choose a unit' : 'give at least one';
      return issue.inclusive ? `must be at least ${issue.minimum}` : `must be more than ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array' ? `give at most ${issue.maximum}` : `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

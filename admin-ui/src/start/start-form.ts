import { Analysis, type Comparison } from '#schemas/analysis.ts';
import type { MetricForm } from './metric-form.ts';
import type { Goal } from '#schemas/experiment.ts';
import type { GateRole } from '#schemas/policy.ts';
import { Monitoring, type RolloutStep, type RolloutStrategy } from '#schemas/rollout.ts';

export type StepForm = { gate: RolloutStep['gate']; role: GateRole | 'anyone'; duration: string };
export type VariantForm = { name: string; weight: string; units: (string | null)[] };

/** What is typed into the form; texts stay texts until it is sent. */
export type StartForm = {
  /** One for each building that moves; null is still to be chosen, of a variant: what is active now. */
  units: (string | null)[];
  strategy: RolloutStrategy;
  growth: 'list' | 'ramp';
  steps: string;
  ramp_from: string;
  ramp_count: string;
  canary_steps: string;
  follow_up: 'wait' | 'gradual' | 'everyone';
  /** What differs from the usual, by the number of the step. */
  each_step: Record<number, StepForm>;
  test_share: string;
  variants: VariantForm[];
  goal: Goal;
  horizon: 'sequential' | 'fixed';
  horizon_minutes: string;
  horizon_visitors: string;
  min_difference: string;
  promote_winner: 'person' | 'engine';
  duration: string;
  min_health_score: string;
  max_error_rate: string;
  min_feedback: string;
  min_samples: string;
  compare: Comparison[];
  promotion: Analysis['promotion'];
  exclude: string;
  warm_up: string;
  compared_segments: string[];
  metrics: MetricForm[];
  countries: string;
  segments: string[];
  flags: string[];
  /** As a `datetime-local` field has it: local time, without a zone. */
  start_at: string;
  after: string[];
  approvals: string;
  progress_deadline: string;
  on_deadline: 'pause' | 'roll-back';
  override_freeze: boolean;
  reason: string;
};

const limits = Monitoring.parse({});
const analysis = Analysis.parse({});

export const USUAL_STEP: StepForm = { gate: 'analysis', role: 'anyone', duration: '' };

export const EMPTY_FORM: StartForm = {
  units: [null],
  strategy: 'gradual',
  growth: 'list',
  steps: '5, 25, 50, 100',
  ramp_from: '5',
  ramp_count: '10',
  canary_steps: '5',
  follow_up: 'gradual',
  each_step: {},
  test_share: '100',
  variants: [
    { name: 'control', weight: '1', units: [null] },
    { name: 'b', weight: '1', units: [null] },
  ],
  goal: 'goal',
  horizon: 'sequential',
  horizon_minutes: '',
  horizon_visitors: '',
  min_difference: '5',
  promote_winner: 'person',
  duration: '10',
  min_health_score: String(limits.min_health_score),
  max_error_rate: String(limits.max_error_rate),
  min_feedback: String(limits.min_feedback),
  min_samples: String(limits.min_samples),
  compare: analysis.compare,
  promotion: analysis.promotion,
  exclude: analysis.exclude.join(', '),
  warm_up: String(analysis.warm_up),
  compared_segments: [],
  metrics: [],
  countries: '',
  segments: [],
  flags: [],
  start_at: '',
  after: [],
  approvals: '0',
  progress_deadline: '',
  on_deadline: 'pause',
  override_freeze: false,
  reason: '',
};

export const wordsOf = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

/** The number typed, NaN for what is none. */
export const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.')));

/** The percentages typed, NaN for what is none. */
export const stepsOf = (text: string): number[] => wordsOf(text.replaceAll('%', ' ')).map(Number);

/** The shares that the form lists, one for each step; a ramp and what follows a canary are the engine's to write. */
export function listedSteps(form: StartForm): number[] | undefined {
  switch (form.strategy) {
    case 'gradual':
      return form.growth === 'list' ? stepsOf(form.steps) : undefined;
    case 'canary':
      return stepsOf(form.canary_steps);
    case 'ab_test':
      return [numberOf(form.test_share)];
    case 'immediate':
      return undefined;
  }
}

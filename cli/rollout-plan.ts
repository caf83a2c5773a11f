import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { RolloutPlanInput } from '#schemas/rollout.ts';
import { storedUnitId } from '#schemas/version-tag.ts';
import { usage } from './failure.ts';
import type { OptionPlace } from './option-faults.ts';
import { collect, collectJson, collectVariants, toMinutes, toNumber, toRamp, toSteps, toTime, type StepOption } from './parse-options.ts';

/** A rollout's plan on the command line: its options, and where in the plan each of them goes. */

/** Limits: the same when a rollout is started and when it is edited. */
export type LimitOptions = {
  minHealth?: number;
  maxErrorRate?: number;
  minFeedback?: number;
  minSamples?: number;
  minFeedbackSamples?: number;
};

export type PlanOptions = LimitOptions & {
  plan?: string;
  strategy?: 'gradual' | 'canary' | 'immediate' | 'ab_test';
  steps?: StepOption[];
  ramp?: NonNullable<RolloutPlanInput['ramp']>;
  duration?: number;
  followUp?: 'wait' | 'gradual' | 'everyone';
  segment?: string[];
  country?: string[];
  flag?: string[];
  rule?: Record<string, unknown>[];
  bucketBy?: string;
  variant?: { name: string; weight?: number; units: string[] }[];
  goal?: 'goal' | 'feedback' | 'latency' | 'errors';
  horizon?: number;
  visitors?: number;
  minDifference?: number;
  promoteWinner?: 'person' | 'engine';
  sticky: boolean;
  promotion?: 'evidence' | 'limits';
  warmUp?: number;
  metric?: Record<string, unknown>[];
  pauseAfter?: number;
  deadline?: number;
  onDeadline?: 'pause' | 'roll-back';
  startAt?: number;
  after?: string[];
  approvals?: number;
  overrideFreeze?: boolean;
  reason?: string;
};

/** Everything that a rollout's plan can say, A/B tests included. */
export const addPlanOptions = (command: Command): Command =>
  addTestOptions(addMoveOptions(command, ['gradual', 'canary', 'immediate', 'ab_test']));

function addTestOptions(command: Command): Command {
  return command
    .option(
      '--variant <name[*weight]=units>',
      'of an A/B test, such as green=main@1.1.0, or old= for what is stable; repeat it',
      collectVariants,
    )
    .addOption(new Option('--goal <metric>', 'what an A/B test is decided by (goal)').choices(['goal', 'feedback', 'latency', 'errors']))
    .option('--horizon <time>', 'an A/B test is decided after this time, once; without it: as soon as it is certain', toMinutes)
    .option('--visitors <number>', 'an A/B test is decided after this many visitors, once', toNumber)
    .option('--min-difference <percent>', 'the smallest difference worth having (5)', toNumber)
    .addOption(new Option('--promote-winner <who>', 'who ends an A/B test (person)').choices(['person', 'engine']))
    .option('--no-sticky', 'visitors of an A/B test may change variants when weights change');
}

/** What a plan says of how units move. */
export function addMoveOptions(command: Command, strategies: readonly string[]): Command {
  return command
    .option('--plan <file>', 'a whole plan as JSON (schema: rollout-plan); options say what is different from it')
    .addOption(new Option('--strategy <strategy>', 'how (gradual)').choices(strategies))
    .option(
      '--steps <percentages>',
      'shares of the steps (gradual: 5,25,50,100; canary: 5; ab_test: 100); with times of their own: 5,25:2h,100:30s',
      toSteps,
    )
    .option('--ramp <from-to:steps>', 'shares that grow evenly instead, such as 5-100:6', toRamp)
    .option('--duration <time>', 'how long each step takes, such as 90s, 10m, 2h (10m)', toMinutes)
    .addOption(new Option('--follow-up <what>', 'after a canary, for everyone (wait)').choices(['wait', 'gradual', 'everyone']))
    .option('--segment <names>', 'only visitors in any of these segments', collect)
    .option('--country <codes>', 'only visitors in any of these countries, such as KR,JP', collect)
    .option('--flag <names>', 'only visitors for whom all of these flags are on', collect)
    .option('--rule <json>', 'only visitors for whom this condition holds (docs/conditions.md); several must all hold', collectJson)
    .option('--bucket-by <what>', 'who changes sides together: visitor, session, or an attribute such as company (visitor)')
    .option('--min-health <score>', 'take it back below this health score (80)', toNumber)
    .option('--max-error-rate <percent>', 'take it back above this share of visitors with errors (5)', toNumber)
    .option('--min-feedback <score>', 'take it back below this mean feedback (60)', toNumber)
    .option('--min-samples <visitors>', 'visitors that must have reported before it is judged (20)', toNumber)
    .option('--min-feedback-samples <visitors>', 'visitors that must have given feedback before that is judged (5)', toNumber)
    .addOption(new Option('--promotion <by>', 'what a step needs; limits is for little traffic (evidence)').choices(['evidence', 'limits']))
    .option('--warm-up <time>', 'how long from the start the comparison leaves out (3m)', toMinutes)
    .option('--metric <json>', 'an outside metric that judges it too (docs/metrics.md); repeat it', collectJson)
    .option('--pause-after <time>', 'pause when it stays unclear for this long after a step', toMinutes)
    .option('--deadline <time>', 'how long a step may take', toMinutes)
    .addOption(new Option('--on-deadline <what>', 'what happens then (pause)').choices(['pause', 'roll-back']))
    .option('--start-at <time>', 'when, such as 2026-01-15T06:00Z', toTime)
    .option('--after <rollouts>', 'when these have completed', collect)
    .option('--approvals <number>', 'how many others must approve it first', toNumber)
    .option('--override-freeze', 'start in a freeze; needs --reason')
    .option('--reason <text>', 'why, for the history');
}

export const PLAN_PLACES: readonly OptionPlace[] = [
  { pointer: '/units', option: 'unit' },
  { pointer: '/strategy', option: '--strategy' },
  { pointer: '/steps', option: '--steps', item: 'step', parts: true },
  { pointer: '/ramp', option: '--ramp' },
  { pointer: '/duration', option: '--duration' },
  { pointer: '/follow_up', option: '--follow-up' },
  { pointer: '/criteria/user_segments', option: '--segment' },
  { pointer: '/criteria/geo_regions', option: '--country' },
  { pointer: '/criteria/feature_flags', option: '--flag' },
  { pointer: '/criteria/custom_rules', option: '--rule', item: 'rule' },
  { pointer: '/bucket_by', option: '--bucket-by' },
  { pointer: '/experiment/variants', option: '--variant', item: 'variant' },
  { pointer: '/experiment/goal', option: '--goal' },
  { pointer: '/experiment/horizon/visitors', option: '--visitors' },
  { pointer: '/experiment/horizon', option: '--horizon' },
  { pointer: '/experiment/min_difference', option: '--min-difference' },
  { pointer: '/experiment', option: '--variant' },
  { pointer: '/monitoring/min_health_score', option: '--min-health' },
  { pointer: '/monitoring/max_error_rate', option: '--max-error-rate' },
  { pointer: '/monitoring/min_feedback_samples', option: '--min-feedback-samples' },
  { pointer: '/monitoring/min_feedback', option: '--min-feedback' },
  { pointer: '/monitoring/min_samples', option: '--min-samples' },
  { pointer: '/analysis/warm_up', option: '--warm-up' },
  { pointer: '/analysis/metrics', option: '--metric', item: 'metric', parts: true },
  { pointer: '/analysis/pause_after', option: '--pause-after' },
  { pointer: '/progress_deadline', option: '--deadline' },
  { pointer: '/start_at', option: '--start-at' },
  { pointer: '/after', option: '--after' },
  { pointer: '/approvals', option: '--approvals' },
  { pointer: '/override_freeze', option: '--override-freeze' },
  { pointer: '/reason', option: '--reason' },
];

/** What was said, without what was not. */
const given = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

/** The plan of the file, if there is one, with what units and options say instead. */
export async function planOfOptions(units: string[], options: PlanOptions): Promise<RolloutPlanInput> {
  const plan = options.plan === undefined ? {} : await planIn(options.plan);
  const experiment = experimentOf(options);
  const isTest = options.variant !== undefined;
  return {
    ...plan,
    ...given({
      units: units.length > 0 ? units.map(storedUnitId) : undefined,
      strategy: options.strategy ?? (isTest ? ('ab_test' as const) : undefined),
      steps: options.steps,
      ramp: options.ramp,
      duration: options.duration,
      follow_up: options.followUp,
      bucket_by: options.bucketBy,
      progress_deadline: options.deadline,
      on_deadline: options.onDeadline,
      start_at: options.startAt,
      after: options.after,
      approvals: options.approvals,
      override_freeze: options.overrideFreeze,
      reason: options.reason,
    }),
    criteria: { ...plan.criteria, ...criteriaOf(options) },
    monitoring: { ...plan.monitoring, ...monitoringOf(options) },
    analysis: { ...plan.analysis, ...analysisOf(options) },
    ...(plan.experiment || Object.keys(experiment).length > 0 ? { experiment: { variants: [], ...plan.experiment, ...experiment } } : {}),
  };
}

const analysisOf = (options: PlanOptions): NonNullable<RolloutPlanInput['analysis']> =>
  given({
    promotion: options.promotion,
    warm_up: options.warmUp,
    pause_after: options.pauseAfter,
    metrics: options.metric as NonNullable<RolloutPlanInput['analysis']>['metrics'],
  });

async function planIn(file: string): Promise<Partial<RolloutPlanInput>> {
  try {
    const plan: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof plan === 'object' && plan !== null && !Array.isArray(plan)) return plan;
  } catch (error) {
    return usage(`--plan: ${file} cannot be read as JSON: ${(error as Error).message}`, 'invalid-json');
  }
  return usage(`--plan: ${file} holds no plan: a JSON object is one.`, 'invalid-json');
}

function experimentOf(options: PlanOptions): Partial<NonNullable<RolloutPlanInput['experiment']>> {
  const isFixed = options.horizon !== undefined || options.visitors !== undefined;
  const horizon = isFixed ? { kind: 'fixed' as const, ...given({ minutes: options.horizon, visitors: options.visitors }) } : undefined;
  return given({
    variants: options.variant,
    goal: options.goal,
    horizon,
    min_difference: options.minDifference,
    promote_winner: options.promoteWinner,
    sticky: options.sticky ? undefined : false,
  });
}

const criteriaOf = (options: PlanOptions): RolloutPlanInput['criteria'] =>
  given({
    custom_rules: options.rule,
    user_segments: options.segment,
    geo_regions: options.country?.map((code) => code.toUpperCase()),
    feature_flags: options.flag,
  });

export const monitoringOf = (options: LimitOptions): RolloutPlanInput['monitoring'] =>
  given({
    min_health_score: options.minHealth,
    max_error_rate: options.maxErrorRate,
    min_feedback: options.minFeedback,
    min_samples: options.minSamples,
    min_feedback_samples: options.minFeedbackSamples,
  });

import { Analysis, AnalysisEdit } from './analysis.ts';
import { Actor, CountryCode, Minutes, Name, Percentage, Reason, Timestamp, UnitId } from './common.ts';
import { Condition } from './condition.ts';
import { editable } from './editable.ts';
import { Experiment, ExperimentPlan, Proposal } from './experiment.ts';
import { Approval, GateRole, RolloutIds } from './policy.ts';
import { DeployedRelease, Origin } from './release.ts';
import { z } from './zod.ts';

export const RolloutStrategy = z.enum(['immediate', 'gradual', 'canary', 'ab_test']);
export type RolloutStrategy = z.infer<typeof RolloutStrategy>;

/** Who can be given the new unit. Empty lists ask nothing; the four parts must all hold. */
export const RolloutCriteria = z
  .strictObject({
    user_segments: z.array(Name).max(100).default([]).meta({ description: 'The visitor is in any of these segments.' }),
    geo_regions: z.array(CountryCode).max(250).default([]).meta({ description: 'The visitor is in any of these countries.' }),
    feature_flags: z.array(Name).max(100).default([]).meta({ description: 'All of these flags are on for the visitor.' }),
    custom_rules: z.array(Condition).max(50).default([]).meta({ description: 'All of these conditions hold.' }),
  })
  .meta({ id: 'RolloutCriteria' });
export type RolloutCriteria = z.infer<typeof RolloutCriteria>;

/** By what visitors are told apart when shares are made: `visitor`, `session`, or the path of an attribute. */
export const BucketBy = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_.-]{0,62}$/, 'use visitor, session, or the name of an attribute')
  .meta({ description: '`visitor`, `session`, or the name of an attribute, such as `company`. Who has none is not in the rollout.' });

/** A part of a layer, in percent of its visitors. */
export const LayerRange = z
  .strictObject({ from: Percentage, to: Percentage })
  .refine(({ from, to }) => from < to, 'from must be below to')
  .meta({ id: 'LayerRange' });
export type LayerRange = z.infer<typeof LayerRange>;
export const WHOLE_LAYER: LayerRange = { from: 0, to: 100 };

/** The limits that a rollout is held to. */
export const Monitoring = z
  .strictObject({
    min_health_score: z.number().min(0).max(100).default(80).meta({ description: 'Below this health score the rollout is taken back.' }),
    max_error_rate: Percentage.default(5).meta({
      description: 'Above this percentage of visitors with an error the rollout is taken back.',
    }),
    min_feedback: z
      .number()
      .min(0)
      .max(100)
      .default(60)
      .meta({ description: 'Below this mean feedback (0…100) the rollout is taken back.' }),
    min_samples: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(20)
      .meta({ description: 'Visitors that must have reported before the rollout is judged.' }),
    min_feedback_samples: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(5)
      .meta({ description: 'Visitors that must have given feedback before feedback is judged.' }),
    baseline_throughput: z.number().positive().optional().meta({
      description:
        'Visitors per minute that the new unit should load for at its current share. Left out: derived from the concurrent control.',
    }),
  })
  .meta({ id: 'Monitoring' });
export type Monitoring = z.infer<typeof Monitoring>;

export const StepGate = z.enum(['auto', 'manual', 'analysis']).meta({
  description:
    'What ends the step once its time is up: `auto` goes on unless unhealthy, `analysis` goes on only when healthy, `manual` waits for a person.',
});

export const RolloutStep = z
  .strictObject({
    percentage: z.number().gt(0).max(100),
    duration: Minutes,
    gate: StepGate.default('analysis'),
    role: GateRole.optional().meta({ description: 'Who may promote it past this step; left out: whoever may promote at all.' }),
    everyone: z.boolean().optional().meta({ description: 'From this step on the criteria ask nothing.' }),
  })
  .meta({ id: 'RolloutStep' });
export type RolloutStep = z.infer<typeof RolloutStep>;

/** A step as a plan has it. */
const PlannedStep = z.strictObject({
  ...RolloutStep.shape,
  gate: StepGate.optional().meta({ description: 'What ends it; left out: `analysis`, of `immediate` `auto`.' }),
});

/** The mission's rollout configuration, as a unit in a manifest carries it: `percentage` is the share right now. */
export const RolloutConfig = z
  .strictObject({
    strategy: RolloutStrategy,
    percentage: Percentage,
    duration: Minutes,
    criteria: RolloutCriteria.optional(),
    monitoring: Monitoring.optional(),
  })
  .meta({ id: 'RolloutConfig' });
export type RolloutConfig = z.infer<typeof RolloutConfig>;

/** Shares that grow evenly, the first and the last included. */
export const Ramp = z
  .strictObject({ from: z.number().gt(0).max(100), to: z.number().gt(0).max(100).default(100), steps: z.int().min(2).max(50) })
  .refine(({ from, to }) => from < to, 'from must be below to')
  .refine(({ from, to, steps }) => from >= to || to - from >= (steps - 1) * 0.01, 'its steps must be at least 0.01 % apart')
  .meta({ id: 'Ramp' });
export type Ramp = z.infer<typeof Ramp>;

const planFields = {
  units: z
    .array(UnitId)
    .max(20)
    .default([])
    .meta({ description: 'The units to move to; several make a release set: all of them for a visitor, or none. None for an A/B test.' }),
  strategy: RolloutStrategy.default('gradual'),
  steps: z
    .array(z.union([z.number().gt(0).max(100), PlannedStep]))
    .min(1)
    .max(50)
    .optional()
    .meta({ description: 'Percentages, or whole steps. Default of `gradual`: 5, 25, 50, 100.' }),
  ramp: Ramp.optional().meta({ description: 'Instead of steps.' }),
  duration: Minutes.default(10).meta({ description: 'Minutes of each step that does not say its own.' }),
  follow_up: z.enum(['wait', 'gradual', 'everyone']).default('wait').meta({
    description:
      'What follows the steps of a canary: a person promotes it, or its criteria are dropped and everybody gets it gradually or at once.',
  }),
  criteria: RolloutCriteria.prefault({}),
  bucket_by: BucketBy.default('visitor'),
  experiment: ExperimentPlan.optional().meta({ description: 'Of an A/B test, which must have it.' }),
  monitoring: Monitoring.prefault({}),
  analysis: Analysis.prefault({}),
  progress_deadline: Minutes.optional().meta({ description: 'How long a step may take; left out: for ever.' }),
  on_deadline: z.enum(['pause', 'roll-back']).default('pause'),
  start_at: Timestamp.optional().meta({ description: 'When it starts; left out: now.' }),
  after: RolloutIds.default([]).meta({ description: 'Starts when these have completed, and goes with them when one is taken back.' }),
  approvals: z.int().min(0).max(5).default(0).meta({ description: "How many others must approve it, if that is more than the policy's." }),
  override_freeze: z.boolean().default(false).meta({ description: 'Starts in a freeze window all the same; needs a reason.' }),
  reason: Reason.optional(),
};

/** How units are to be moved that are named elsewhere: in a release, or by the environment that they come from. */
export const MovePlan = z
  .strictObject(planFields)
  .omit({ units: true, experiment: true, override_freeze: true, reason: true })
  .extend({ strategy: z.enum(['immediate', 'gradual', 'canary']).default('gradual') })
  .meta({ id: 'MovePlan' });
export type MovePlan = z.infer<typeof MovePlan>;
export type MovePlanInput = z.input<typeof MovePlan>;

/** What a person or CI asks for; the engine makes steps of it. */
export const RolloutPlan = z
  .strictObject(planFields)
  .refine(({ units, strategy }) => strategy === 'ab_test' || units.length > 0, {
    path: ['units'],
    error: 'name at least one unit',
    when: ({ value }) => Array.isArray((value as { units?: unknown } | null)?.units), // whatever else is wrong
  })
  .superRefine((plan, context) => {
    const issue = (path: string, message: string): void => void context.addIssue({ code: 'custom', path: [path], message });
    const isTest = plan.strategy === 'ab_test';
    if (isTest && !plan.experiment) issue('experiment', 'an A/B test needs its variants');
    if (!isTest && plan.experiment) issue('experiment', 'only an ab_test has one');
    if (isTest && plan.units.length > 0) issue('units', 'an A/B test names units in its variants');
    if (plan.steps && plan.ramp) issue('ramp', 'give steps or a ramp');
    if (plan.follow_up !== 'wait' && plan.strategy !== 'canary') issue('follow_up', 'only a canary goes on to something else');
    if (plan.override_freeze && plan.reason === undefined) issue('reason', 'say why the freeze is overridden');
    if (plan.override_freeze && plan.start_at !== undefined)
      issue('override_freeze', 'a rollout that starts later waits for a freeze to end');
  })
  .meta({ id: 'RolloutPlan' });
export type RolloutPlan = z.infer<typeof RolloutPlan>;
export type RolloutPlanInput = z.input<typeof RolloutPlan>;

export const ROLLOUT_STATES = ['scheduled', 'awaiting-approval', 'running', 'paused', 'completed', 'rolled-back', 'aborted'] as const;
export const RolloutState = z.enum(ROLLOUT_STATES);
export type RolloutState = z.infer<typeof RolloutState>;

/** The most periods that a rollout goes through; then shares change no more by themselves. */
export const MAX_PERIODS = 500;

/** A time in which nobody's chance to be given an arm changed. Its number is its place in the list. */
export const Period = z
  .strictObject({
    step: z.int().nonnegative(),
    started_at: Timestamp,
    shares: z.record(z.string(), Percentage).meta({ description: 'For each arm, the control included: percent of the matching visitors.' }),
  })
  .meta({ id: 'Period' });
export type Period = z.infer<typeof Period>;

/** A rollout as the document keeps it. */
export const Rollout = z
  .strictObject({
    id: Name,
    strategy: RolloutStrategy,
    targets: z
      .record(Name, z.strictObject({ from: UnitId, to: UnitId }))
      .meta({ description: 'For each building: the unit it leaves and the unit it moves to.' }),
    steps: z.array(RolloutStep).min(1),
    criteria: RolloutCriteria,
    monitoring: Monitoring,
    analysis: Analysis.optional().meta({ description: 'Left out in rollouts from before there was one.' }),
    experiment: Experiment.optional().meta({ description: 'Of an A/B test.' }),
    proposal: Proposal.optional().meta({ description: 'What an A/B test that is over should end with.' }),
    promoted: Name.optional().meta({ description: 'The variant that an A/B test ended with.' }),
    progress_deadline: Minutes.optional(),
    on_deadline: z.enum(['pause', 'roll-back']).optional(),
    start_at: Timestamp.optional(),
    after: RolloutIds.optional(),
    approvals_needed: z.int().positive().optional(),
    approvals: z.array(Approval).max(20).optional(),
    edited_by: Actor.optional().meta({ description: 'Who changed the plan last while it waited for approvals, and may not approve it.' }),
    reason: Reason.optional().meta({ description: 'Why, as whoever asked for it said.' }),
    retry_of: Name.optional(),
    release: DeployedRelease.optional().meta({ description: 'What the environment is on once it has completed.' }),
    origin: Origin.optional().meta({ description: 'The environment that its units were promoted from.' }),
    salt: z.string().min(1).max(64).meta({
      description: 'The layer: it seeds the buckets. Never derived from versions, changed by nothing but a deliberate re-salt.',
    }),
    range: LayerRange.optional().meta({ description: 'What of the layer the rollout owns; left out: all of it.' }),
    bucket_by: BucketBy.optional(),
    state: RolloutState,
    state_reason: z.string().max(1_000),
    step: z.int().nonnegative(),
    step_started_at: Timestamp,
    periods: z.array(Period).min(1).max(MAX_PERIODS).optional().meta({
      description:
        'A new one begins whenever shares change: by a step, a re-salt, or a rollout beside it. Outcomes are judged by the period in which they fell.',
    }),
    started_at: Timestamp.meta({ description: 'While it waits: when it was asked for.' }),
    started_by: Actor,
    restarted: z
      .strictObject({ at: Timestamp, period: z.int().nonnegative() })
      .optional()
      .meta({ description: 'When it went back to its first step, and the first period since: what came before is no evidence any more.' }),
    paused_at: Timestamp.optional(),
    resumed_at: Timestamp.optional().meta({
      description: 'When somebody let the step go on; its deadline and `pause_after` count anew from then.',
    }),
    ended_at: Timestamp.optional(),
    undone_at: Timestamp.optional().meta({ description: 'Of one that had completed: when visitors were taken back to earlier units.' }),
  })
  .meta({ id: 'Rollout' });
export type Rollout = z.infer<typeof Rollout>;

const fixed = z
  .unknown()
  .refine((value) => value === undefined, 'cannot be changed any more; start another rollout for that')
  .optional()
  .meta({ description: 'Cannot be changed.' });

const MonitoringEdit = z
  .strictObject({
    ...editable(Monitoring.shape),
    baseline_throughput: z.number().positive().nullable().optional().meta({ description: 'null: derived from the concurrent control.' }),
  })
  .meta({ id: 'MonitoringEdit' });

/**
 * What may change of a rollout that has not ended. What is left out stays, within `monitoring` and `analysis` too; a list
 * that is given replaces the whole of it.
 */
export const RolloutEdit = z
  .strictObject({
    steps: z
      .array(RolloutStep)
      .min(1)
      .max(50)
      .optional()
      .meta({ description: 'All steps. Those that are over, and the share of the current one, must be as they were.' }),
    monitoring: MonitoringEdit.optional(),
    analysis: AnalysisEdit.optional().meta({ description: 'Segments may only be added.' }),
    progress_deadline: Minutes.nullable().optional().meta({ description: 'null: none.' }),
    on_deadline: z.enum(['pause', 'roll-back']).optional(),
    start_at: Timestamp.optional().meta({ description: 'Only while it is scheduled.' }),
    units: fixed,
    criteria: fixed,
    bucket_by: fixed,
    strategy: fixed,
    salt: fixed,
    experiment: fixed,
    after: fixed,
    approvals: fixed,
  })
  .meta({ id: 'RolloutEdit' });
export type RolloutEdit = z.infer<typeof RolloutEdit>;

import { Name, Percentage } from './common.ts';
import { RolloutPlan } from './rollout.ts';
import { z } from './zod.ts';

/** What a rollout is simulated against, and what comes of it. */

const Minute = z.number().min(0).max(86_400).meta({ description: 'Minutes from the start of the rollout.' });
const Factor = z.number().positive().max(1_000);
const Side = z.enum(['canary', 'control', 'both']).meta({ description: '`canary`: every arm but the control.' });

const Baseline = z.strictObject({
  error_rate: Percentage.default(0.5).meta({ description: 'Percent of visitors with an error, before anything goes wrong.' }),
  latency_ms: z.number().positive().max(600_000).default(300).meta({ description: 'Median; latencies are log-normal.' }),
  latency_spread: z
    .number()
    .min(0.01)
    .max(3)
    .default(0.6)
    .meta({ description: 'Standard deviation of the natural logarithm of latency; at 0.6 one in twenty takes 2.7 times the median.' }),
  silent: Percentage.default(1).meta({ description: 'Percent of visitors of whom nothing is ever heard.' }),
});

/** How much worse the new version is, as ratios. */
const Regression = z.strictObject({
  errors: Factor.default(1).meta({ description: 'Relative risk of an error.' }),
  latency: Factor.default(1),
  silence: Factor.default(1).meta({ description: 'Relative risk that nothing is heard of a visitor: a crash hides its own report.' }),
  from_minute: Minute.default(0),
  segment: Name.optional().meta({ description: "Only visitors of this segment, one of the scenario's `segments`." }),
});

/** Something that happens to both arms alike. */
const Incident = z
  .strictObject({ from_minute: Minute, to_minute: Minute, errors: Factor.default(1), latency: Factor.default(1) })
  .refine(({ from_minute, to_minute }) => from_minute < to_minute, 'from_minute must be before to_minute');

export const Scenario = z
  .strictObject({
    traffic: z
      .strictObject({
        daily_swing: z
          .number()
          .min(0)
          .max(0.99)
          .default(0)
          .meta({ description: 'How far traffic goes up and down from its mean in a day.' }),
        returning: z.number().min(0).max(0.95).default(0).meta({ description: 'Share of visits by those who have been there before.' }),
      })
      .prefault({}),
    baseline: Baseline.prefault({}),
    regression: Regression.optional(),
    leak_per_hour: Factor.optional().meta({
      description: 'A slow leak: errors of the new version grow by this multiple of the baseline an hour.',
    }),
    drift: z
      .strictObject({ errors: Factor.default(1), latency: Factor.default(1), minutes: z.number().positive().max(86_400).default(60) })
      .optional()
      .meta({ description: 'Both arms go up by these factors and come down again, over and over, in so many minutes.' }),
    incidents: z.array(Incident).max(20).default([]),
    cold_cache: z
      .strictObject({ minutes: Minute, errors: Factor.default(1), latency: Factor.default(1) })
      .optional()
      .meta({ description: 'The new version is slower, and fails more, in its first minutes.' }),
    loss: z
      .strictObject({
        share: Percentage,
        side: Side,
        of: z.enum(['reports', 'everything']).meta({ description: '`everything`: the exposure goes uncounted too.' }),
      })
      .optional()
      .meta({ description: 'What is lost on the way to the engine.' }),
    attack: z
      .strictObject({
        share: Percentage.meta({ description: 'Percent of all visitors. Each has a real ticket.' }),
        networks: z.int().min(1).max(10_000).meta({ description: 'How many networks they come from.' }),
        from_minute: Minute.default(0),
      })
      .optional()
      .meta({ description: 'They report an error whenever they are given the new version, and none otherwise.' }),
    networks: z.int().min(1).max(1_000_000).default(20_000).meta({ description: 'How many networks all other visitors come from.' }),
    segments: z
      .record(Name, z.number().gt(0).max(100))
      .refine((segments) => Object.keys(segments).length <= 10, 'at most 10 segments')
      .default({})
      .meta({ description: 'Percent of visitors in each segment. Visitors are in each independently of the others.' }),
  })
  .superRefine(({ regression, segments }, context) => {
    if (regression?.segment !== undefined && !Object.hasOwn(segments, regression.segment))
      context.addIssue({ code: 'custom', path: ['regression', 'segment'], message: 'is none of segments' });
  })
  .meta({ id: 'Scenario' });
export type Scenario = z.infer<typeof Scenario>;
export type ScenarioInput = z.input<typeof Scenario>;

/** Scenarios that are known by name: engine/simulator/named-scenarios.ts says what they are. */
export const SCENARIO_NAMES = [
  'healthy',
  'drift',
  'incident',
  'cold-cache',
  'returning',
  'errors-2x',
  'errors-5x',
  'errors-20x',
  'slow-2x',
  'late-regression',
  'slow-leak',
  'segment-only',
  'silent-crash',
  'beacon-loss',
  'attack',
] as const;
export const ScenarioName = z.enum(SCENARIO_NAMES);
export type ScenarioName = z.infer<typeof ScenarioName>;

/** The most work that one request may ask for. A look is one judgement of one run. */
export const SIMULATION_LIMITS = { looks: 600_000, visitors: 20_000_000 } as const;

export const SimulateRequest = z
  .strictObject({
    plan: RolloutPlan,
    scenario: z.union([ScenarioName, Scenario], `is none of ${SCENARIO_NAMES.join(', ')}, nor a scenario of its own`).default('healthy'),
    visitors_per_minute: z
      .number()
      .positive()
      .max(10_000_000)
      .default(1_000)
      .meta({ description: 'Of those who could be given the new version.' }),
    runs: z.int().min(1).max(5_000).default(100),
    seed: z.int().min(0).max(0xffff_ffff).default(1),
    tick_seconds: z.number().min(1).max(3_600).default(30).meta({ description: 'How often the engine looks.' }),
    horizon_minutes: z.number().positive().max(86_400).optional().meta({
      description: 'When a run that is still undecided ends. Left out: three times what the steps take, at least an hour.',
    }),
    relative_risks: z
      .array(z.number().gt(1).max(100))
      .max(10)
      .default([1.5, 2, 3, 5, 10])
      .meta({ description: 'Also simulates a version whose errors are this many times as likely: what would the plan catch?' }),
  })
  .meta({ id: 'SimulateRequest' });
export type SimulateRequest = z.infer<typeof SimulateRequest>;
export type SimulateRequestInput = z.input<typeof SimulateRequest>;

/** `held`: neither completed nor ended when the simulated time was over. */
export const RUN_ENDS = ['completed', 'rolled-back', 'paused', 'held'] as const;
export const RunEnd = z.enum(RUN_ENDS);
export type RunEnd = z.infer<typeof RunEnd>;

/** Over runs; null when there are none. */
const Spread = z.strictObject({ median: z.number(), p95: z.number() }).nullable();

export const SimulatedRuns = z
  .strictObject({
    runs: z.int().nonnegative(),
    ends: z.record(RunEnd, z.int().nonnegative()).meta({ description: 'How many runs ended how.' }),
    rolled_back_alone: z.int().nonnegative().meta({
      description: 'Of those that were rolled back: at 100 %, where the limits judge alone, since nobody is left to compare with.',
    }),
    minutes_to_complete: Spread,
    minutes_to_rollback: Spread,
    exposed_at_rollback: Spread.meta({ description: 'Visitors who were given the new version before it was taken back.' }),
    reasons: z.record(z.string(), z.int().nonnegative()).meta({
      description:
        'By which reason runs ended, or stood still at the end: that of the last verdict, or `deadline`, or `under-way` when nothing but time was missing.',
    }),
    timeline: z
      .array(z.strictObject({ minute: z.number(), completed: z.number(), rolled_back: z.number(), paused: z.number() }))
      .meta({ description: 'The share of runs (0…1) that had ended in each way by then.' }),
  })
  .meta({ id: 'SimulatedRuns' });
export type SimulatedRuns = z.infer<typeof SimulatedRuns>;

/** Something of a plan that the simulation does not do, or does at once. `message`: what, in words that can follow one another. */
export const NotSimulated = z
  .strictObject({
    name: z.enum(['manual-gates', 'goal', 'promote-winner', 'metrics', 'web-vitals', 'start-at', 'after', 'approvals']),
    message: z.string(),
  })
  .meta({ id: 'NotSimulated' });
export type NotSimulated = z.infer<typeof NotSimulated>;

export const Simulation = z
  .strictObject({
    scenario: Scenario,
    visitors_per_minute: z.number(),
    planned_minutes: z.number().meta({ description: 'What the steps take when nothing holds them.' }),
    horizon_minutes: z.number(),
    runs: SimulatedRuns,
    catches: z.array(z.strictObject({ relative_risk: z.number(), runs: SimulatedRuns })),
    not_simulated: z.array(NotSimulated).meta({ description: 'What the plan has and the simulation leaves out.' }),
    complete: z.boolean().meta({ description: 'false: the time that the engine gives a simulation was over before all runs were done.' }),
  })
  .meta({ id: 'Simulation' });
export type Simulation = z.infer<typeof Simulation>;

/** Whether versions that are no worse were taken back so often where nobody was left to compare with that it is worth a word. */
export const isOftenAlone = ({ runs: { runs, rolled_back_alone: alone }, scenario }: Pick<Simulation, 'runs' | 'scenario'>): boolean =>
  alone > 0 && 10 * alone >= runs && !scenario.regression && scenario.leak_per_hour === undefined;

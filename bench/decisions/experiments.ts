import { RolloutPlan, type RolloutPlanInput } from '../../schemas/rollout.ts';
import { Scenario, type ScenarioInput } from '../../schemas/simulation.ts';

/**
 * Every rollout that is simulated: 1,000 visitors a minute, 0.5 % of them with an error, in steps of ten minutes to 5, 25, 50 and 100 %.
 * Latencies have a median of 200 ms, so that what goes on in the healthy scenarios breaks no limit of the health score by itself.
 */

export const VISITORS_PER_MINUTE = 1_000;
const ERROR_RATE = 0.5;
const LATENCY_MS = 200;
const WARM_UP_MINUTES = 3;

export type RuleName = 'concierge' | 'mission' | 'flagger' | 'argo';
export const RULES: readonly RuleName[] = ['concierge', 'mission', 'flagger', 'argo'];

export type Experiment = {
  name: string;
  /** Experiments of one stream have the same visitors: rules are compared on the same rollouts. */
  stream: string;
  rule: RuleName;
  plan: RolloutPlan;
  scenario: Scenario;
  horizonMinutes: number;
  tickSeconds: number;
  /** Visitors one by one, with networks. */
  oneByOne: boolean;
  watchPausedMinutes: number;
  countFromMinute: number;
  runs: number;
};

type Options = Partial<Pick<Experiment, 'stream' | 'rule' | 'oneByOne' | 'watchPausedMinutes' | 'countFromMinute' | 'tickSeconds'>>;

/** How many runs of each kind, and how often the engine looks where runs are many or long; elsewhere it is every 5 s, its default. */
export type Effort = {
  healthy: number;
  /** Healthy ones, judged by other rules. */
  rivals: number;
  coarseTickSeconds: number;
  /** With steps that wait for evidence, or without warm-up. */
  variations: number;
  worse: number;
  /** 1.5 × the errors. */
  slightest: number;
  slightestTickSeconds: number;
  /** Bad from the first minute on. */
  fromTheStart: number;
  others: number;
  detections: number;
  /** Of looks at the shares alone. */
  shares: number;
};
export const SHORT: Effort = {
  healthy: 1_200,
  rivals: 300,
  coarseTickSeconds: 30,
  variations: 30,
  worse: 200,
  slightest: 500,
  slightestTickSeconds: 60,
  fromTheStart: 50,
  others: 200,
  detections: 400,
  shares: 5_000,
};
export const LONG: Effort = {
  healthy: 10_000,
  rivals: 2_000,
  coarseTickSeconds: 5,
  variations: 1_000,
  worse: 2_000,
  slightest: 4_000,
  slightestTickSeconds: 5,
  fromTheStart: 1_000,
  others: 2_000,
  detections: 2_000,
  shares: 100_000,
};

const planOf = (input: Partial<RolloutPlanInput> = {}): RolloutPlan => RolloutPlan.parse({ units: ['main@2.0.0'], ...input });
const scenarioOf = (input: ScenarioInput): Scenario =>
  Scenario.parse({ ...input, baseline: { error_rate: ERROR_RATE, latency_ms: LATENCY_MS, ...input.baseline } });

/** Versions that change nothing, under whatever else goes on. */
export const HEALTHY: Record<string, ScenarioInput> = {
  aa: {},
  drift: { traffic: { daily_swing: 0.5 }, drift: { errors: 3, latency: 1.3, minutes: 30 } },
  incident: { incidents: [{ from_minute: 6, to_minute: 16, errors: 10, latency: 1.5 }] },
  'cold-cache': { cold_cache: { minutes: WARM_UP_MINUTES, errors: 2, latency: 2 } },
};

/** Versions that are worse, from the end of the warm-up on. */
export const WORSE: Record<string, NonNullable<ScenarioInput['regression']>> = {
  'errors-1.5x': { errors: 1.5 },
  'errors-2x': { errors: 2 },
  'errors-3x': { errors: 3 },
  'errors-5x': { errors: 5 },
  'errors-20x': { errors: 20 },
  'latency-1.5x': { latency: 1.5 },
  'latency-2x': { latency: 2 },
  'never-reports': { silence: 100 },
};

/** As bad as what the last steps must rule out: nearest to what is let through, and taking the longest. */
const SLIGHTEST = 'errors-1.5x';
const HOUR = 60;

function experiment(
  name: string,
  runs: number,
  scenario: ScenarioInput,
  horizonMinutes: number,
  plan: RolloutPlan,
  options: Options = {},
): Experiment {
  const usual = { stream: name, rule: 'concierge' as const, oneByOne: false, watchPausedMinutes: 0, countFromMinute: 0, tickSeconds: 5 };
  return { name, runs, scenario: scenarioOf(scenario), horizonMinutes, plan, ...usual, ...options };
}

/** Steps that end when their time is up: what is asked is whether a healthy version gets through. */
const timed = planOf({ analysis: { promotion: 'limits' } });
const timedFromTheStart = planOf({ analysis: { promotion: 'limits', warm_up: 0 } });
const asByDefault = planOf();
const firstStepOnly = planOf({ steps: [{ percentage: 5, duration: HOUR }, 100] });

export function experimentsOf(effort: Effort): Experiment[] {
  const healthy = Object.entries(HEALTHY).flatMap(([name, scenario]) =>
    RULES.map((rule) =>
      experiment(`healthy/${name}/${rule}`, rule === 'concierge' ? effort.healthy : effort.rivals, scenario, 45, timed, {
        rule,
        stream: `healthy/${name}`,
        tickSeconds: effort.coarseTickSeconds,
      }),
    ),
  );
  const withoutWarmUp = ['aa', 'drift', 'incident'].map((name) =>
    experiment(`without-warm-up/${name}`, effort.variations, HEALTHY[name]!, 45, timedFromTheStart, {
      tickSeconds: effort.coarseTickSeconds,
    }),
  );
  const byEvidence = Object.entries(HEALTHY).map(([name, scenario]) =>
    experiment(`by-evidence/${name}`, effort.variations, scenario, 5 * HOUR, asByDefault, { tickSeconds: effort.coarseTickSeconds }),
  );
  const worse = Object.entries(WORSE).flatMap(([name, regression]) => {
    const isSlightest = name === SLIGHTEST;
    const tick = isSlightest
      ? { tickSeconds: effort.slightestTickSeconds }
      : name === 'errors-2x'
        ? { tickSeconds: effort.coarseTickSeconds }
        : {};
    const late = { ...regression, from_minute: WARM_UP_MINUTES };
    return [
      experiment(`worse/${name}`, isSlightest ? effort.slightest : effort.worse, { regression: late }, 4 * HOUR, asByDefault, {
        countFromMinute: WARM_UP_MINUTES,
        ...tick,
      }),
      experiment(`worse-from-the-start/${name}`, effort.fromTheStart, { regression }, 4 * HOUR, asByDefault, tick),
    ];
  });
  const rivals = Object.entries(WORSE).flatMap(([name, regression]) =>
    RULES.slice(1).map((rule) =>
      experiment(`worse/${name}/${rule}`, effort.worse, { regression }, 45, timed, { rule, stream: `rivals/${name}` }),
    ),
  );
  return [
    ...healthy,
    ...withoutWarmUp,
    ...byEvidence,
    ...worse,
    ...rivals,
    experiment('sample-ratio', effort.others, { loss: { share: 20, side: 'canary', of: 'everything' } }, 25, firstStepOnly, {
      tickSeconds: effort.coarseTickSeconds,
    }),
    experiment('attack', effort.others, { attack: { share: 5, networks: 10 } }, 45, timed, { oneByOne: true, watchPausedMinutes: 5 }),
    experiment('spread-out', effort.fromTheStart, { regression: { errors: 11 } }, 45, timed, { oneByOne: true }),
  ];
}

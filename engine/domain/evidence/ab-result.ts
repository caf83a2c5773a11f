import type { Experiment, Goal, TestResult, VariantResult } from '#schemas/experiment.ts';
import type { ArmHealth } from '#schemas/health.ts';
import type { Observation } from '#schemas/verdict.ts';
import { formatNumber } from '../say-number.ts';
import { NO_HEALTH } from './arm-health.ts';
import type { Moments } from './bounds.ts';
import { normalQuantile } from './normal-quantile.ts';

/** What of an A/B test its result depends on. */
export type AbTest = Pick<Experiment, 'goal' | 'horizon' | 'min_difference' | 'alpha'> & { variants: readonly { name: string }[] };

const MS_PER_MINUTE = 60_000;
/** Below these, means are not yet near enough to normal to say anything. */
const LEAST_COUNT = 100;
const LEAST_EVENTS = 10;
/** A sequential test is most certain at about this many visitors of two variants. */
const TIGHT_AT = 10_000;

/** Of the number that a goal is about: whether more of it is better, and its moments in an arm; feedback's are the widest possible. */
const GOALS: Record<Goal, { better: 1 | -1; moments: (arm: ArmHealth) => Moments; events: (arm: ArmHealth) => number }> = {
  goal: {
    better: 1,
    moments: (arm) =>
      arm.goal_sum_squares > 0
        ? { count: arm.exposures, sum: arm.goal_sum, squares: arm.goal_sum_squares }
        : { count: arm.exposures, sum: arm.goals, squares: arm.goals },
    events: (arm) => arm.goals,
  },
  feedback: {
    better: 1,
    moments: (arm) => ({ count: arm.feedback_count, sum: arm.feedback_sum, squares: 100 * arm.feedback_sum }),
    events: (arm) => arm.feedback_count,
  },
  latency: {
    better: -1,
    moments: (arm) => ({ count: arm.latency_count, sum: arm.latency_sum_ms, squares: arm.latency_sum_squares }),
    events: (arm) => arm.latency_count,
  },
  errors: {
    better: -1,
    moments: (arm) => ({ count: arm.visitors, sum: arm.failed_visitors, squares: arm.failed_visitors }),
    events: (arm) => arm.failed_visitors,
  },
};

/**
 * How an A/B test stands. Each variant is compared with the control by the difference of their means, at alpha divided by the number of
 * comparisons. A sequential test uses confidence sequences, which hold however often they are looked at; a fixed one, once its
 * horizon is reached, the interval of one look, and before that it is undecided.
 * `winner`: certainly better, and perhaps by as much as is worth having. `no-difference`: no variant can be better by that much.
 */
export function abResult(observation: Observation, test: AbTest): TestResult {
  const { control, arms } = observation;
  const { goal, min_difference: worth, variants } = test;
  const { better } = GOALS[goal];
  const isOver = test.horizon.kind === 'fixed' && hasReachedHorizon(observation, test);
  const healthOf = (name: string): ArmHealth => (Object.hasOwn(arms, name) ? arms[name]! : NO_HEALTH);
  const base = valueOf(goal, healthOf(control));
  const results = variants.map(({ name }): VariantResult => {
    const value = valueOf(goal, healthOf(name));
    const isControl = name === control;
    const difference = isControl || value === null || base === null ? null : value - base;
    const interval = difference === null ? null : intervalOf(difference, healthOf(name), healthOf(control), test, isOver);
    return { variant: name, visitors: healthOf(name).exposures, value, difference, interval };
  });
  const rivals = results.filter(({ variant }) => variant !== control);
  const common = { goal, control, variants: results };
  const worthwhile = (Math.abs(base ?? 0) * worth) / 100;
  const gains = rivals.map(({ variant, interval }) => ({ variant, gain: interval && orient(interval, better) }));
  const mayDecide = test.horizon.kind === 'sequential' || isOver;
  const sure = gains.filter(({ gain }) => gain !== null && gain[0] > 0 && gain[1] >= worthwhile).map(({ variant }) => variant);
  if (mayDecide && sure.length > 0) {
    const [best] = rivals.filter(({ variant }) => sure.includes(variant)).toSorted((a, b) => better * (b.difference! - a.difference!));
    return { ...common, outcome: 'winner', winner: best!.variant, message: `${sentence(best!, goal)} It is better than ${control}.` };
  }
  if (mayDecide && gains.length > 0 && gains.every(({ gain }) => gain !== null && gain[1] < worthwhile)) {
    return { ...common, outcome: 'no-difference', winner: null, message: `No variant is better than ${control} by ${worth} % or more.` };
  }
  const message = mayDecide ? 'It is not certain yet which variant is best.' : 'The test is decided at its horizon, and not before.';
  return { ...common, outcome: 'undecided', winner: null, message };
}

/** Whether a horizon of minutes and visitors is reached; one without either never is. */
export function hasReachedHorizon({ at, step_started_at: from, arms }: Observation, { horizon, variants }: AbTest): boolean {
  const visitors = variants.reduce((sum, { name }) => sum + (arms[name]?.exposures ?? 0), 0);
  const needed = horizon.kind === 'fixed' ? horizon.visitors : undefined;
  if (horizon.minutes === undefined && needed === undefined) return false;
  return (horizon.minutes === undefined || at - from >= horizon.minutes * MS_PER_MINUTE) && (needed === undefined || visitors >= needed);
}

function valueOf(goal: Goal, health: ArmHealth): number | null {
  const { count, sum } = GOALS[goal].moments(health);
  return count > 0 ? sum / count : null;
}

/** √(V·(nρ² + 1)/(nρ²)·(ln(nρ² + 1) + 2 ln(1/α))), V = s1²/n1 + s0²/n0, on both sides of the difference (DECISIONS, "A/B tests"). */
function intervalOf(difference: number, arm: ArmHealth, control: ArmHealth, test: AbTest, isOver: boolean): [number, number] | null {
  const { moments, events } = GOALS[test.goal];
  const [one, other] = [moments(arm), moments(control)];
  if (Math.min(one.count, other.count) < LEAST_COUNT || events(arm) + events(control) < LEAST_EVENTS) return null;
  const variance = varianceOfMean(one) + varianceOfMean(other);
  const alpha = test.alpha / Math.max(1, test.variants.length - 1);
  const n = one.count + other.count;
  const tightAt = test.horizon.kind === 'fixed' ? (test.horizon.visitors ?? TIGHT_AT) : TIGHT_AT;
  const scale = (n * (-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha)))) / tightAt;
  const width = isOver
    ? -normalQuantile(alpha / 2) * Math.sqrt(variance)
    : Math.sqrt(variance * (1 + 1 / scale) * (Math.log1p(scale) - 2 * Math.log(alpha)));
  return [difference - width, difference + width];
}

function varianceOfMean({ count, sum, squares }: Moments): number {
  const mean = sum / count;
  return Math.max(0, squares / count - mean * mean) / count;
}

/** As gains, whichever direction is better. */
const orient = ([low, high]: [number, number], better: 1 | -1): [number, number] => (better === 1 ? [low, high] : [-high, -low]);

function sentence({ variant, value, difference, interval }: VariantResult, goal: Goal): string {
  const unit = goal === 'latency' ? ' ms' : '';
  const [low, high] = interval!.map(precise) as [string, string];
  return `${variant} has ${precise(value!)}${unit}, ${precise(difference!)}${unit} from the control (between ${low} and ${high}).`;
}

/** Three digits that matter. */
const precise = (value: number): string => (Math.abs(value) >= 100 ? formatNumber(value) : Number(value.toPrecision(3)).toString());

import type { OrderedComparison } from '#schemas/analysis.ts';
import type { ArmHealth, HealthDelta } from '#schemas/health.ts';
import { MAX_ARMS, MAX_SEGMENTS } from './mark.ts';
import type { Stream } from './stream-store.ts';

const PERIODS = 512;
/** Where the place of a segment would stand: all visitors. */
const EVERYBODY = -1;

class Sum {
  readonly period: number;
  readonly arm: number;
  readonly minute: number;
  readonly segment: number;
  readonly health: ArmHealth = {
    exposures: 0,
    visitors: 0,
    loaded: 0,
    load_failures: 0,
    failed_visitors: 0,
    latency_count: 0,
    latency_sum_ms: 0,
    latency_sum_squares: 0,
    feedback_count: 0,
    feedback_sum: 0,
    goals: 0,
    goal_sum: 0,
    goal_sum_squares: 0,
  };
  exposed = 0;
  answered = 0;
  failed = 0;
  readonly values: Partial<Record<OrderedComparison, Map<number, number>>> = {};

  constructor(period: number, arm: number, minute: number, segment: number) {
    this.period = period;
    this.arm = arm;
    this.minute = minute;
    this.segment = segment;
  }

  addValue(metric: OrderedComparison, bin: number): void {
    const bins = (this.values[metric] ??= new Map());
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
}

/** What the events of one batch add to one stream, by period, arm, minute and segment. */
export class DeltaSums {
  readonly #sums = new Map<number, Sum>();

  at(period: number, arm: number, minute: number, segment: number = EVERYBODY): Sum {
    const key = ((minute * PERIODS + period) * MAX_ARMS + arm) * (MAX_SEGMENTS + 1) + segment + 1;
    let sum = this.#sums.get(key);
    if (sum === undefined) {
      sum = new Sum(period, arm, minute, segment);
      this.#sums.set(key, sum);
    }
    return sum;
  }

  get isEmpty(): boolean {
    return this.#sums.size === 0;
  }

  /** In the form in which they are folded. */
  toDeltas({ arms, segments }: Pick<Stream, 'arms' | 'segments'>): HealthDelta[] {
    return Array.from(this.#sums.values(), ({ period, arm, minute, segment, health, exposed, answered, failed, values }) => ({
      period,
      arm: arms[arm]!,
      segment: segment === EVERYBODY ? '' : segments[segment]!,
      minute,
      health: withoutZeros(health),
      exposed,
      answered,
      failed,
      values: Object.fromEntries(Object.entries(values).map(([metric, bins]) => [metric, [...bins].toSorted(([a], [b]) => a - b)])),
    }));
  }
}

function withoutZeros(health: ArmHealth): Partial<ArmHealth> {
  const some: Partial<ArmHealth> = {};
  for (const name of Object.keys(health) as (keyof ArmHealth)[]) if (health[name] !== 0) some[name] = health[name];
  return some;
}

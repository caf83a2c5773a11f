import { ORDERED_COMPARISONS, type OrderedComparison } from '#schemas/analysis.ts';
import type { ArmHealth, HealthDelta } from '#schemas/health.ts';
import { MAX_ARMS, MAX_SEGMENTS } from './mark.ts';
import type { Stream } from './stream-store.ts';

const PERIODS = 512;
/** Where the place of a segment would stand: all visitors. */
const EVERYBODY = -1;

const noHealth = (): ArmHealth => ({
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
});
const HEALTH = Object.keys(noHealth()) as (keyof ArmHealth)[];

/**
 * A sum as a row of numbers, which is quick to read: its place, what of visitors it counts, values of {@link HEALTH} (none: all
 * zeros), and for each of ORDERED_COMPARISONS bins and their counts in turn.
 */
export type PackedSum = [
  place: [period: number, arm: number, minute: number, segment: number],
  visitors: [exposed: number, answered: number, failed: number],
  health: number[],
  values: number[][],
];

class Sum {
  readonly period: number;
  readonly arm: number;
  readonly minute: number;
  readonly segment: number;
  readonly health = noHealth();
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

  addValue(metric: OrderedComparison, bin: number, count = 1): void {
    const bins = (this.values[metric] ??= new Map());
    bins.set(bin, (bins.get(bin) ?? 0) + count);
  }

  pack(): PackedSum {
    const { period, arm, minute, segment, exposed, answered, failed, health, values } = this;
    const counts = HEALTH.map((name) => health[name]);
    return [
      [period, arm, minute, segment],
      [exposed, answered, failed],
      counts.every((count) => count === 0) ? [] : counts,
      ORDERED_COMPARISONS.map((metric) => [...(values[metric] ?? [])].flat()),
    ];
  }

  toDelta({ arms, segments }: Pick<Stream, 'arms' | 'segments'>): HealthDelta {
    const { period, arm, minute, segment, exposed, answered, failed, health, values } = this;
    const some: Partial<ArmHealth> = {};
    for (const name of HEALTH) if (health[name] !== 0) some[name] = health[name];
    const bins: HealthDelta['values'] = {};
    for (const metric of ORDERED_COMPARISONS) {
      const counts = values[metric];
      if (counts) bins[metric] = [...counts].toSorted((one, other) => one[0] - other[0]);
    }
    const name = segment === EVERYBODY ? '' : segments[segment]!;
    return { period, arm: arms[arm]!, segment: name, minute, health: some, exposed, answered, failed, values: bins };
  }
}

/** What events add to one stream, by period, arm, minute and segment (places in the stream's lists). */
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

  add([[period, arm, minute, segment], [exposed, answered, failed], health, values]: PackedSum): void {
    const sum = this.at(period, arm, minute, segment);
    sum.exposed += exposed;
    sum.answered += answered;
    sum.failed += failed;
    for (let index = 0; index < health.length; index++) sum.health[HEALTH[index]!] += health[index]!;
    for (let metric = 0; metric < values.length; metric++) {
      const bins = values[metric]!;
      for (let at = 0; at < bins.length; at += 2) sum.addValue(ORDERED_COMPARISONS[metric]!, bins[at]!, bins[at + 1]!);
    }
  }

  pack(): PackedSum[] {
    return Array.from(this.#sums.values(), (sum) => sum.pack());
  }

  /** In the form in which they are folded. */
  toDeltas(stream: Pick<Stream, 'arms' | 'segments'>): HealthDelta[] {
    return Array.from(this.#sums.values(), (sum) => sum.toDelta(stream));
  }
}

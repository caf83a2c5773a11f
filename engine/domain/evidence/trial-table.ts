import type { PeriodTrials, Trial } from '#schemas/health.ts';
import { noWindows } from './windows.ts';

export const noTrial = (): Trial => ({
  exposed: 0,
  failed: noWindows(),
  settled: noWindows(),
  silent: noWindows(),
  timed: noWindows(),
  slow: noWindows(),
  calm_failed: 0,
  calm_slow: 0,
});

const copyOf = (trial: Trial): Trial => ({
  exposed: trial.exposed,
  failed: [...trial.failed],
  settled: [...trial.settled],
  silent: [...trial.silent],
  timed: [...trial.timed],
  slow: [...trial.slow],
  calm_failed: trial.calm_failed,
  calm_slow: trial.calm_slow,
});

type OfPeriod<T> = { period: number; arms: Record<string, T> };

/** A value for each period and arm, of which only what is changed is copied. */
export class ByPeriodAndArm<T> {
  /** By period, ascending. */
  readonly #list: OfPeriod<T>[];
  readonly #own = new Set<OfPeriod<T> | T>();
  readonly #copy: (value: T) => T;
  readonly #none: () => T;

  /** `was`: by period, ascending. */
  constructor(was: readonly OfPeriod<T>[], none: () => T, copy: (value: T) => T) {
    this.#list = [...was];
    this.#none = none;
    this.#copy = copy;
  }

  /** The value, which may be written to. */
  at(period: number, arm: string): T {
    const { arms } = this.#ofPeriod(period);
    const value = Object.hasOwn(arms, arm) ? arms[arm]! : undefined;
    if (value !== undefined && this.#own.has(value)) return value;
    const own = value === undefined ? this.#none() : this.#copy(value);
    this.#own.add(own);
    arms[arm] = own;
    return own;
  }

  /** Everything, by period, ascending. */
  toList(): OfPeriod<T>[] {
    return this.#list;
  }

  /** What is asked for is nearly always of the latest period. */
  #ofPeriod(period: number): OfPeriod<T> {
    const list = this.#list;
    let at = list.length - 1;
    while (at >= 0 && list[at]!.period > period) at--;
    const there = at >= 0 && list[at]!.period === period ? list[at]! : undefined;
    if (there && this.#own.has(there)) return there;
    const own = { period, arms: { ...there?.arms } };
    this.#own.add(own);
    if (there) list[at] = own;
    else list.splice(at + 1, 0, own);
    return own;
  }
}

export type TrialTable = ByPeriodAndArm<Trial>;
export const trialTable = (was: readonly PeriodTrials[]): TrialTable => new ByPeriodAndArm(was, noTrial, copyOf);

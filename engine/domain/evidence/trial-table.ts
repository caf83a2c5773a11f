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

/** A value for each period and arm, of which only what is changed is copied. */
export class ByPeriodAndArm<T> {
  readonly #was: ReadonlyMap<number, Readonly<Record<string, T>>>;
  readonly #changed = new Map<number, Record<string, T>>();
  readonly #touched = new Set<T>();
  readonly #copy: (value: T) => T;
  readonly #none: () => T;

  constructor(was: readonly { period: number; arms: Record<string, T> }[], none: () => T, copy: (value: T) => T) {
    this.#was = new Map(was.map(({ period, arms }) => [period, arms]));
    this.#none = none;
    this.#copy = copy;
  }

  /** The value, which may be written to. */
  at(period: number, arm: string): T {
    let arms = this.#changed.get(period);
    if (!arms) this.#changed.set(period, (arms = { ...this.#was.get(period) }));
    const value = Object.hasOwn(arms, arm) ? arms[arm]! : undefined;
    if (value !== undefined && this.#touched.has(value)) return value;
    const own = value === undefined ? this.#none() : this.#copy(value);
    this.#touched.add(own);
    arms[arm] = own;
    return own;
  }

  /** Everything, by period, ascending. */
  toList(): { period: number; arms: Record<string, T> }[] {
    const all = new Map([...this.#was, ...this.#changed]);
    return [...all].map(([period, arms]) => ({ period, arms })).toSorted((a, b) => a.period - b.period);
  }
}

export type TrialTable = ByPeriodAndArm<Trial>;
export const trialTable = (was: readonly PeriodTrials[]): TrialTable => new ByPeriodAndArm(was, noTrial, copyOf);

import { quantile } from '../../engine/simulator/summarise-runs.ts';
import { upperLimit95 } from './binomial-limit.ts';
import { DETECTIONS } from './detections.ts';
import { type Effort, HEALTHY, RULES, type RuleName, WORSE } from './experiments.ts';
import type { RunResult } from './run-experiment.ts';

/** What is measured, by the names that `--json` gives it. Shares are 0…1. */

export type Results = {
  experiments: ReadonlyMap<string, RunResult[]>;
  detections: ReadonlyMap<string, number[]>;
  seconds: number;
  seed: number;
  effort: Effort;
};

const count = <T>(all: readonly T[], is: (one: T) => boolean): number => all.filter(is).length;
const isRolledBack = ({ end }: RunResult): boolean => end === 'rolled-back';
const share = (runs: readonly RunResult[], is: (run: RunResult) => boolean): number => rounded(count(runs, is) / runs.length, 4);
export const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));

const byName = <T>(names: readonly string[], value: (name: string) => T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, value(name)]));

export function summaryOf({ experiments, detections, seconds, seed, effort }: Results) {
  const of = (name: string): RunResult[] => {
    const runs = experiments.get(name);
    if (!runs) throw new Error(`there is no experiment ${name}`);
    return runs;
  };
  const healthy = Object.keys(HEALTHY);
  const worse = Object.keys(WORSE);
  const limit = (name: string): number => rounded(upperLimit95(count(of(name), isRolledBack), of(name).length), 5);
  const falseRollbacks = byName(healthy, (name) => share(of(`healthy/${name}/concierge`), isRolledBack));
  const limits = byName(healthy, (name) => limit(`healthy/${name}/concierge`));
  const exposed = (prefix: string, q: number): Record<string, number | null> =>
    byName(worse, (name) =>
      quantile(
        of(`${prefix}/${name}`)
          .filter(isRolledBack)
          .map((run) => run.exposed),
        q,
      ),
    );
  const healthyRuns = healthy.flatMap((name) => of(`healthy/${name}/concierge`));
  const mismatches = of('sample-ratio').map(({ mismatchAfter }) => mismatchAfter);
  const reached = worse.map((name) => ({ name, share: share(of(`worse/${name}`), (run) => run.reached100) }));
  return {
    bench: 'decisions',
    false_rollback: Math.max(...Object.values(falseRollbacks)),
    false_rollback_upper95: Math.max(...Object.values(limits)),
    false_rollback_by_scenario: falseRollbacks,
    false_rollback_upper95_by_scenario: limits,
    false_rollback_without_warm_up: byName(['aa', 'drift', 'incident'], (name) => share(of(`without-warm-up/${name}`), isRolledBack)),
    by_evidence: byName(healthy, (name) => ({
      rolled_back: share(of(`by-evidence/${name}`), isRolledBack),
      completed: share(of(`by-evidence/${name}`), ({ end }) => end === 'completed'),
      median_minutes: quantile(
        of(`by-evidence/${name}`)
          .filter(({ end }) => end === 'completed')
          .map(({ minutes }) => minutes),
        0.5,
      ),
    })),
    bound_ratio: byName(
      DETECTIONS.map(({ name }) => name),
      (name) => rounded(mean(detections.get(name)!) / DETECTIONS.find((one) => one.name === name)!.bound),
    ),
    median_exposed: exposed('worse', 0.5),
    p95_exposed: exposed('worse', 0.95),
    median_exposed_from_the_start: exposed('worse-from-the-start', 0.5),
    caught: byName(worse, (name) => share(of(`worse/${name}`), isRolledBack)),
    bad_reaching_100: Math.max(...reached.map((one) => one.share)),
    bad_reaching_100_by_scenario: Object.fromEntries(reached.map((one) => [one.name, one.share])),
    srm_visitors: quantile(
      mismatches.filter((visitors) => visitors !== null),
      0.5,
    ),
    srm_found: share(of('sample-ratio'), ({ mismatchAfter }) => mismatchAfter !== null),
    srm_false_alarms: share(healthyRuns, ({ mismatchAfter }) => mismatchAfter !== null),
    attack_false_rollback: share(of('attack'), isRolledBack),
    attack_paused: share(of('attack'), ({ end }) => end === 'paused'),
    same_rate_spread_out_rolled_back: share(of('spread-out'), isRolledBack),
    rules: Object.fromEntries(RULES.map((rule) => [rule, ruleSummary(rule, healthy, worse, of)])),
    runs: { healthy: effort.healthy, worse: effort.worse, detections: effort.detections },
    seed,
    seconds: rounded(seconds, 1),
  };
}

export type Summary = ReturnType<typeof summaryOf>;

function ruleSummary(rule: RuleName, healthy: readonly string[], worse: readonly string[], of: (name: string) => RunResult[]) {
  const name = (regression: string): string =>
    rule === 'concierge' ? `worse-from-the-start/${regression}` : `worse/${regression}/${rule}`;
  return {
    false_rollback: byName(healthy, (scenario) => share(of(`healthy/${scenario}/${rule}`), isRolledBack)),
    median_exposed: byName(worse, (one) =>
      quantile(
        of(name(one))
          .filter(isRolledBack)
          .map((run) => run.exposed),
        0.5,
      ),
    ),
    reaching_100: byName(worse, (one) => share(of(name(one)), (run) => run.reached100)),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

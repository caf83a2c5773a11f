import { expect, it } from 'vitest';
import { CANARY_ARM, CONTROL_ARM } from '#engine/domain/shares.ts';
import { type Tampering, judgeAsEngine } from '#engine/simulator/judge-as-engine.ts';
import { createRandom } from '#engine/simulator/random.ts';
import type { Trial } from '#schemas/health.ts';
import type { Observation } from '#schemas/verdict.ts';
import { SHORT, experimentsOf } from '../../../bench/decisions/experiments.ts';
import { runExperiment } from '../../../bench/decisions/run-experiment.ts';

/** Judged with a mistake in it, healthy versions are taken back: so what the bench measures would show it. */

const RUNS = process.env['CONCIERGE_LONG'] ? 1_000 : 24;
/** The bench's goal. */
const MAY_BE_TAKEN_BACK = 0.005;

const EXPERIMENTS = new Map(experimentsOf(SHORT).map((experiment) => [experiment.name, experiment]));

function takenBack(name: string, tampering: (seed: number) => Tampering): number {
  const experiment = { ...EXPERIMENTS.get(`healthy/${name}/concierge`)!, tickSeconds: 30 };
  const ends = Array.from({ length: RUNS }, (_, run) => runExperiment(experiment, 5, run, judgeAsEngine(tampering(run))).end);
  return ends.filter((end) => end === 'rolled-back').length / RUNS;
}

const addTrials = (one: Trial, other: Trial): Trial =>
  Object.fromEntries(
    (Object.keys(one) as (keyof Trial)[]).map((name) => {
      const [a, b] = [one[name], other[name]];
      return [name, Array.isArray(a) ? a.map((count, window) => count + (b as number[])[window]!) : (a as number) + (b as number)];
    }),
  ) as Trial;

/** All periods added up, as if the share had been one number: that of all exposures. */
function poolPeriods(observation: Observation): Observation {
  const { overall, periods } = observation;
  const arms: Record<string, Trial> = {};
  for (const period of overall.periods) {
    for (const [arm, trial] of Object.entries(period.arms)) arms[arm] = arms[arm] ? addTrials(arms[arm], trial) : trial;
  }
  const [canary, control] = [arms[CANARY_ARM]?.exposed ?? 0, arms[CONTROL_ARM]?.exposed ?? 0];
  const last = periods.at(-1)!;
  if (canary + control === 0 || last.shares[CONTROL_ARM] === 0) return observation;
  const share = (100 * canary) / (canary + control);
  return {
    ...observation,
    periods: [{ ...last, shares: { [CANARY_ARM]: share, [CONTROL_ARM]: 100 - share } }],
    overall: { ...overall, periods: [{ period: last.period, arms }] },
  };
}

const EVENTS_EACH = 6;

/** Every error counted, where a visitor who has one has several. */
function countEvents(seed: number): Tampering {
  const random = createRandom(seed, 1);
  const eventsOf = (visitors: number): number => {
    let events = 0;
    for (let visitor = 0; visitor < visitors; visitor++)
      events += 1 + Math.floor(Math.log(1 - random.uniform()) / Math.log(1 - 1 / EVENTS_EACH));
    return events;
  };
  return { counted: (deltas) => deltas.map((delta) => ({ ...delta, failed: eventsOf(delta.failed) })) };
}

it.each<[string, string, (seed: number) => Tampering]>([
  ['counts pooled over steps', 'incident', () => ({ observed: poolPeriods })],
  ['events counted in place of visitors', 'aa', countEvents],
])(
  '%s take back healthy versions; counted as they must be, none',
  (_, scenario, tampering) => {
    expect(takenBack(scenario, tampering)).toBeGreaterThan(10 * MAY_BE_TAKEN_BACK);
    expect(takenBack(scenario, () => ({}))).toBeLessThanOrEqual(process.env['CONCIERGE_LONG'] ? MAY_BE_TAKEN_BACK : 0);
  },
  600_000,
);

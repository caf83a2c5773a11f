import { CANARY_ARM, CONTROL_ARM } from '../../engine/domain/shares.ts';
import { compareArm } from '../../engine/domain/evidence/compare-arm.ts';
import { foldHealth } from '../../engine/domain/evidence/fold-health.ts';
import { pairOf } from '../../engine/domain/evidence/strata.ts';
import { observationOf } from '../../engine/domain/evidence/observation-of.ts';
import { noTrial } from '../../engine/domain/evidence/trial-table.ts';
import { latencyOf } from '../../engine/simulator/latency.ts';
import { type Random, createRandom } from '../../engine/simulator/random.ts';
import { ROLLOUT_ID, SIMULATION_START, startDocument } from '../../engine/simulator/start-document.ts';
import { type HealthDelta, type HealthState, type Trial, WINDOWS_MINUTES } from '../../schemas/health.ts';
import { type Rollout, RolloutPlan } from '../../schemas/rollout.ts';
import { Scenario } from '../../schemas/simulation.ts';
import { VISITORS_PER_MINUTE } from './experiments.ts';
import { errorBound, latencyBound } from './information-bound.ts';

/**
 * How many visitors it takes until the comparison takes a worse version back, when it looks at everything that happens. The arm has
 * 5 % of the visitors, errors are those of 0.5 % of the control's, and there is no warm-up.
 */

const SHARE = 0.05;
const ERROR_RATE = 0.005;
const MS_PER_MINUTE = 60_000;
/** Latencies come in batches, as edges deliver them: of so many visitors. */
const BATCH = 10;

export type Detection = { name: string; kind: 'errors' | 'latency'; ratio: number; bound: number };

const scenario = Scenario.parse({});
const plan = RolloutPlan.parse({
  units: ['main@2.0.0'],
  steps: [{ percentage: 100 * SHARE, duration: 10_000 }, 100],
  analysis: { warm_up: 0 },
});
const { alpha } = plan.analysis;

export const DETECTIONS: readonly Detection[] = [
  ...[1.1, 1.5, 2, 3, 5, 20].map((ratio): Detection => ({
    name: `errors-${ratio}x`,
    kind: 'errors',
    ratio,
    bound: errorBound(alpha, SHARE, ERROR_RATE, ratio),
  })),
  ...[1.1, 1.25, 1.5, 2].map((ratio): Detection => ({
    name: `latency-${ratio}x`,
    kind: 'latency',
    ratio,
    bound: latencyBound(alpha, SHARE, scenario.baseline.latency_spread, ratio),
  })),
];

/** Of both arms together. */
export function detect({ kind, ratio }: Detection, seed: number, number: number): number {
  const random = createRandom(seed, number);
  const document = startDocument(plan, `detect-${number}`);
  if ('code' in document) throw new Error(document.detail);
  const rollout = document.rollouts[ROLLOUT_ID]!;
  return kind === 'errors' ? samplesByErrors(rollout, ratio, random) : samplesByLatency(rollout, ratio, random);
}

const minutesAfter = (visitors: number): number => visitors / VISITORS_PER_MINUTE;
const isReached = (log: number): boolean => log >= -Math.log(alpha);

/** Looked at after every error; what comes between two errors tells nothing of them. */
function samplesByErrors(rollout: Rollout, risk: number, random: Random): number {
  const arms: Record<string, Trial> = { [CANARY_ARM]: noTrial(), [CONTROL_ARM]: noTrial() };
  const chance = ERROR_RATE * (SHARE * risk + 1 - SHARE);
  const ofArm = (SHARE * risk) / (SHARE * risk + 1 - SHARE);
  const observation = observationOf(null, rollout, [], SIMULATION_START);
  observation.overall = { periods: [{ period: 0, arms }], ranks: {} };
  for (let visitors = 0; ;) {
    visitors += Math.ceil(Math.log(1 - random.uniform()) / Math.log(1 - chance)) || 1;
    const { failed } = arms[random.uniform() < ofArm ? CANARY_ARM : CONTROL_ARM]!;
    WINDOWS_MINUTES.forEach((begins, window) => {
      if (minutesAfter(visitors) >= begins) failed[window]! += 1;
    });
    if (isReached(compareArm(observation, plan.analysis, pairOf(observation, CANARY_ARM)).log)) return visitors;
  }
}

/** Looked at after every batch. */
function samplesByLatency(rollout: Rollout, factor: number, random: Random): number {
  const draw = latencyOf(scenario);
  let state: HealthState | null = null;
  for (let visitors = BATCH; ; visitors += BATCH) {
    const now = SIMULATION_START + Math.floor(minutesAfter(visitors) * MS_PER_MINUTE);
    const bins: Record<string, Map<number, number>> = { [CANARY_ARM]: new Map(), [CONTROL_ARM]: new Map() };
    for (let visitor = 0; visitor < BATCH; visitor++) {
      const isNew = random.uniform() < SHARE;
      const counts = bins[isNew ? CANARY_ARM : CONTROL_ARM]!;
      const bin = draw(isNew ? factor : 1, random);
      counts.set(bin, (counts.get(bin) ?? 0) + 1);
    }
    const deltas = Object.entries(bins).flatMap(([arm, counts], index) =>
      counts.size === 0 ? [] : [{ id: 2 * visitors + index, ...latencyDelta(arm, now, counts) }],
    );
    state = foldHealth(state, deltas, rollout, now);
    const observation = observationOf(state, rollout, [], now);
    if (isReached(compareArm(observation, plan.analysis, pairOf(observation, CANARY_ARM)).log)) return visitors;
  }
}

function latencyDelta(arm: string, now: number, counts: ReadonlyMap<number, number>): HealthDelta {
  const latency = [...counts].toSorted(([a], [b]) => a - b);
  const visitors = latency.reduce((sum, [, count]) => sum + count, 0);
  const minute = Math.floor(now / MS_PER_MINUTE);
  return { period: 0, arm, segment: '', minute, health: {}, exposed: visitors, answered: visitors, failed: 0, values: { latency } };
}

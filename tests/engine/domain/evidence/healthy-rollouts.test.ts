import { describe, expect, it } from 'vitest';
import { binOf } from '#engine/domain/evidence/bins.ts';
import { foldHealth } from '#engine/domain/evidence/fold-health.ts';
import { normalQuantile } from '#engine/domain/evidence/normal-quantile.ts';
import { observationOf } from '#engine/domain/evidence/observation-of.ts';
import { judge } from '#engine/domain/judge.ts';
import type { HealthState } from '#schemas/health.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { deltaOf, foldedRollout, judgedRollout } from '../../../support/evidence.ts';
import { MINUTE } from '../../../support/fixtures.ts';
import { seededRandom } from '../../../support/random.ts';

/** What happens to everybody in a minute, and what only the new version does. */
type World = {
  errors: (minute: number) => number;
  latency: (minute: number) => number;
  silence?: (minute: number) => number;
  worse?: { errors?: number; latency?: number; silence?: number; until?: number };
};

const STEPS = [5, 25, 50];
const VISITORS = 400;

/** Goes through three steps of ten minutes, looked at every minute; the minute in which it is taken back, or null. */
function takenBackAt(world: World, seed: number): number | null {
  const random = seededRandom(seed);
  const rollout = {
    ...foldedRollout(STEPS, { warm_up: 3 }),
    ...judgedRollout({ warm_up: 3 }),
    step: 0,
    step_started_at: 0,
  } as unknown as Rollout;
  let state: HealthState | null = null;
  let id = 0;
  for (let minute = 0; minute < 10 * STEPS.length; minute++) {
    const period = Math.floor(minute / 10);
    const deltas = ['canary', 'control'].map((arm) => {
      const share = arm === 'canary' ? STEPS[period]! : 100 - STEPS[period]!;
      const isBad = arm === 'canary' && minute < (world.worse?.until ?? Infinity);
      const visitors = chanceOf(random, VISITORS, share / 100);
      const silent = chanceOf(random, visitors, (world.silence?.(minute) ?? 0.01) * (isBad ? (world.worse?.silence ?? 1) : 1));
      const heard = visitors - silent;
      const failed = chanceOf(random, heard, world.errors(minute) * (isBad ? (world.worse?.errors ?? 1) : 1));
      const times = Array.from(
        { length: Math.ceil(heard / 4) },
        () => world.latency(minute) * (isBad ? (world.worse?.latency ?? 1) : 1) * Math.exp(0.5 * normalQuantile(random() * 0.9998 + 1e-4)),
      );
      return deltaOf({
        id: ++id,
        arm,
        period,
        minute,
        exposed: visitors,
        answered: heard,
        failed,
        health: {
          exposures: visitors,
          visitors: heard,
          loaded: heard,
          failed_visitors: failed,
          latency_count: times.length,
          latency_sum_ms: times.reduce((sum, time) => sum + time, 0),
          latency_sum_squares: times.reduce((sum, time) => sum + time * time, 0),
        },
        values: { latency: times.map((time) => [binOf(time), 1]) },
      });
    });
    const now = (minute + 1) * MINUTE + 10_000;
    state = foldHealth(state, deltas, rollout, now);
    const at = { ...rollout, step: period, step_started_at: period * 10 * MINUTE, periods: rollout.periods!.slice(0, period + 1) };
    if (judge(observationOf(state, at, [], now), at).recommendation === 'roll-back') return minute;
  }
  return null;
}

function chanceOf(random: () => number, count: number, chance: number): number {
  let hits = 0;
  for (let i = 0; i < count; i++) if (random() < chance) hits++;
  return hits;
}

const RUNS = process.env.CONCIERGE_LONG ? 2_000 : 40;
const usual = { errors: () => 0.005, latency: () => 150 };
const ends = (world: World): (number | null)[] => Array.from({ length: RUNS }, (_, seed) => takenBackAt(world, seed + 1));

describe('a version that is as good as its control is left alone', () => {
  it.each<[string, World]>([
    ['on a quiet day', usual],
    ['while load drifts', { errors: (minute) => 0.003 + 0.0005 * minute, latency: (minute) => 120 + 8 * minute }],
    [
      'in an incident of all arms, after the share was raised',
      { errors: (minute) => (minute >= 12 && minute < 20 ? 0.2 : 0.005), latency: (minute) => (minute >= 12 && minute < 20 ? 900 : 150) },
    ],
    ['in an outage of all beacons', { ...usual, silence: (minute) => (minute >= 14 && minute < 18 ? 0.9 : 0.01) }],
    ['with a cold cache of three minutes', { ...usual, worse: { latency: 2, errors: 2, until: 3 } }],
  ])('%s', (_, world) => {
    const taken = ends(world).filter((minute) => minute !== null).length;
    expect(taken / RUNS).toBeLessThanOrEqual(process.env.CONCIERGE_LONG ? 0.01 : 0);
  });
});

describe('a version that is worse is taken back', () => {
  it.each<[string, World, number]>([
    ['five times the errors', { ...usual, worse: { errors: 5 } }, 15],
    ['twice the latency', { ...usual, worse: { latency: 2 } }, 8],
    ['a crash before it can report', { ...usual, worse: { silence: 60 } }, 8],
    [
      'after an incident of all arms just as well',
      { errors: (minute) => (minute < 9 ? 0.2 : 0.005), latency: () => 150, worse: { latency: 1.5 } },
      25,
    ],
  ])('%s', (_, world, by) => {
    const minutes = ends(world)
      .map((minute) => minute ?? Infinity)
      .toSorted((a, b) => a - b);
    expect(minutes[Math.floor(RUNS / 2)]).toBeLessThanOrEqual(by);
    expect(minutes.filter((minute) => minute === Infinity).length / RUNS).toBeLessThanOrEqual(0.05);
  });
});

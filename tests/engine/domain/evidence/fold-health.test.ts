import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_HEALTH } from '#engine/domain/evidence/arm-health.ts';
import { foldHealth } from '#engine/domain/evidence/fold-health.ts';
import { observationOf } from '#engine/domain/evidence/observation-of.ts';
import { judge } from '#engine/domain/judge.ts';
import { HealthState } from '#schemas/health.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { Observation } from '#schemas/verdict.ts';
import { type Numbered, deltaOf, foldAll, foldedRollout, judgedRollout } from '../../../support/evidence.ts';
import { MINUTE } from '../../../support/fixtures.ts';

const LATER = 1_000 * MINUTE;
const arm = 'canary';
const trialIn = (state: HealthState, period = 0, name = arm) => state.overall.periods.find((one) => one.period === period)!.arms[name]!;

describe('windows', () => {
  it.each<[string, number, number, number[]]>([
    ['without a warm-up everything counts at once', 0, 0, [1, 0, 0]],
    ['the warm-up is left out', 3, 2, [0, 0, 0]],
    ['what follows it counts', 3, 3, [1, 0, 0]],
    ['the second window opens ten minutes after', 3, 13, [1, 1, 0]],
    ['the third after twenty', 3, 23, [1, 1, 1]],
  ])('%s', (_, warmUp, minute, failed) => {
    const state = foldAll([deltaOf({ arm, minute, failed: 1, exposed: 1 })], foldedRollout([5], { warm_up: warmUp }), LATER);
    expect(trialIn(state).failed).toEqual(failed);
    expect(trialIn(state).exposed).toBe(1);
  });

  it('count only minutes that are wholly after the warm-up', () => {
    const rollout = { ...foldedRollout([5], { warm_up: 3 }), started_at: 30_000 };
    const failedIn = (minute: number) => trialIn(foldAll([deltaOf({ arm, minute, failed: 1 })], rollout, LATER)).failed[0];
    expect([failedIn(3), failedIn(4)]).toEqual([0, 1]);
  });
});

describe('silence', () => {
  const exposed = deltaOf({ id: 1, arm, minute: 5, exposed: 10, answered: 7 });
  const fold = (state: HealthState | null, deltas: Numbered[], minute: number) =>
    foldHealth(state, deltas, foldedRollout([5]), minute * MINUTE);

  it('waits for two minutes after the minute of the exposure', () => {
    const waiting = fold(null, [exposed], 7.99);
    expect(trialIn(waiting).settled[0]).toBe(0);
    expect(waiting.overall.waiting).toHaveLength(1);
    const settled = fold(waiting, [], 8);
    expect([trialIn(settled).settled[0], trialIn(settled).silent[0], settled.overall.waiting]).toEqual([10, 3, []]);
  });

  it('is broken by an answer that comes in time, and by none that comes later', () => {
    const answer = (id: number) => deltaOf({ id, arm, minute: 5, answered: 2 });
    const inTime = fold(fold(fold(null, [exposed], 6), [answer(2)], 7.5), [], 8);
    expect(trialIn(inTime).silent[0]).toBe(1);
    const late = fold(fold(fold(null, [exposed], 6), [], 8), [answer(2)], 9);
    expect([trialIn(late).settled[0], trialIn(late).silent[0], late.overall.waiting]).toEqual([10, 3, []]);
  });

  it('of exposures that come late, with what was heard of them, is counted at once', () => {
    const state = fold(null, [exposed], 50);
    expect([trialIn(state).settled[0], trialIn(state).silent[0]]).toEqual([10, 3]);
  });
});

it('folds a delta once', () => {
  const deltas = [deltaOf({ id: 3, arm, failed: 1, exposed: 2, health: { visitors: 2 } })];
  const once = foldAll(deltas, foldedRollout([5]), LATER);
  expect(foldHealth(once, deltas, foldedRollout([5]), LATER)).toEqual(once);
  expect(once.folded_through).toBe(3);
});

it('compares the segments of the analysis, each on its own', () => {
  const rollout = foldedRollout([50], { segments: ['korea'] });
  const deltas = [
    deltaOf({ id: 1, arm, failed: 5, exposed: 9 }),
    deltaOf({ id: 2, arm, segment: 'korea', failed: 2, exposed: 4 }),
    deltaOf({ id: 3, arm, segment: 'mars', failed: 1, exposed: 1 }),
  ];
  const state = foldAll(deltas, rollout, LATER);
  expect(Object.keys(state.segments)).toEqual(['korea']);
  expect(state.segments.korea!.periods[0]!.arms[arm]!.failed[0]).toBe(2);
  expect(trialIn(state).failed[0]).toBe(5);
});

it('takes a control without values for what it is, and an arm without values too', () => {
  const values = { latency: [[100, 3]] as [number, number][] };
  const state = foldAll([deltaOf({ arm: 'control', values })], foldedRollout([20]), LATER);
  expect(state.overall.ranks.latency!.arms[arm]![0]).not.toEqual([0, 0, 0, 0, 0, 0, 0]);
});

describe('a restart', () => {
  const before = foldAll([deltaOf({ id: 1, arm, failed: 9, exposed: 99, health: { visitors: 99 } })], foldedRollout([5, 5]), LATER);
  const rollout = { ...foldedRollout([5, 5], { warm_up: 3 }), restarted: { at: 600 * MINUTE, period: 1 } };

  it('begins the evidence anew, with a new warm-up; sums of health stay', () => {
    const after = foldHealth(
      before,
      [
        deltaOf({ id: 2, arm, period: 0, minute: 700, failed: 1 }),
        deltaOf({ id: 3, arm, period: 1, minute: 601, failed: 1 }),
        deltaOf({ id: 4, arm, period: 1, minute: 603, failed: 1, exposed: 1 }),
      ],
      rollout,
      LATER,
    );
    expect(after.overall.periods.map(({ period }) => period)).toEqual([1]);
    expect(trialIn(after, 1).failed).toEqual([1, 0, 0]);
    expect(after.health[0]!.arms[arm]!.visitors).toBe(99);
    expect(after.since).toBe(1);
  });
});

/** Deltas as an edge may deliver them: any arm, either period, any minute. */
const deltasOf = fc.array(
  fc.record({
    arm: fc.constantFrom('canary', 'control'),
    period: fc.integer({ min: 0, max: 1 }),
    minute: fc.integer({ min: 0, max: 30 }),
    exposed: fc.integer({ min: 0, max: 50 }),
    answered: fc.integer({ min: 0, max: 20 }),
    failed: fc.integer({ min: 0, max: 3 }),
    visitors: fc.integer({ min: 0, max: 50 }),
    latency: fc.integer({ min: 1, max: 2_000 }),
  }),
  { minLength: 1, maxLength: 12 },
);

it('duplicates, other orders and other batches make no difference to what was counted nor to the score', () => {
  const rollout = { ...foldedRollout([20, 50]), ...judgedRollout(), step: 1, step_started_at: 10 * MINUTE } as unknown as Rollout;
  fc.assert(
    fc.property(
      deltasOf,
      fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 12, maxLength: 12 }),
      fc.integer({ min: 1, max: 12 }),
      (list, keys, size) => {
        const rows = list.map(({ visitors, latency, ...delta }, index) => ({
          ...deltaOf({ ...delta, id: index + 1 }),
          health: {
            ...NO_HEALTH,
            visitors,
            failed_visitors: Math.min(visitors, delta.failed),
            loaded: visitors,
            latency_count: visitors,
            latency_sum_ms: visitors * latency,
          },
          values: visitors > 0 ? { latency: [[latency % 300, visitors]] as [number, number][] } : {},
        }));
        const whole = foldAll(rows, rollout, LATER);
        const shuffled = rows.toSorted((a, b) => keys[a.id - 1]! - keys[b.id - 1]!).map((row, index) => ({ ...row, id: index + 1 }));
        let parts: HealthState | null = null;
        for (let from = 0; from < shuffled.length; from += size) {
          // As an engine that was killed after it folded, and folds again what it was given before; all within one minute.
          parts = foldHealth(parts, shuffled.slice(0, from + size), rollout, 31 * MINUTE);
        }
        parts = foldHealth(parts, [], rollout, LATER);
        expect(parts.health).toEqual(whole.health);
        expect(countsOf(parts)).toEqual(countsOf(whole));
        const scores = [whole, parts].map((state) => judge(observationOf(state, rollout, [], LATER), rollout).score);
        expect(scores[1]).toEqual(scores[0]);
        expect(HealthState.parse(parts)).toEqual(parts);
      },
    ),
    { numRuns: process.env.CONCIERGE_LONG ? 10_000 : 300 },
  );
});

/** Whatever does not depend on when it was looked at: ranks, and silence of minutes whose grace was over in between, do. */
const countsOf = (state: HealthState) =>
  state.overall.periods.map(({ period, arms }) => ({
    period,
    arms: Object.fromEntries(Object.entries(arms).map(([name, { exposed, failed, timed }]) => [name, { exposed, failed, timed }])),
  }));

it('stays valid and finite, whatever is folded', () => {
  const count = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 2 ** 40 }));
  const many = fc.record({
    arm: fc.constantFrom('canary', 'control', 'nobody'),
    period: fc.integer({ min: 0, max: 3 }),
    minute: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2 ** 40 })),
    exposed: count,
    answered: count,
    failed: count,
    values: fc.record({
      latency: fc.array(fc.tuple(fc.oneof(fc.integer({ min: -400, max: 600 }), fc.integer()), fc.integer({ min: 1, max: 2 ** 40 })), {
        maxLength: 6,
      }),
    }),
  });
  const share = fc.oneof(fc.constantFrom(0, 5, 100), fc.double({ min: 0, max: 100, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(many, { maxLength: 8 }),
      fc.array(share, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 2 ** 45 }),
      (rows, shares, now) => {
        let state: HealthState | null = null;
        const rollout = foldedRollout(shares, { margin: 1.2 });
        for (const [index, row] of rows.entries()) state = foldHealth(state, [deltaOf({ ...row, id: index + 1 })], rollout, now);
        if (state) expect(HealthState.parse(JSON.parse(JSON.stringify(state)))).toEqual(state);
      },
    ),
    { numRuns: process.env.CONCIERGE_LONG ? 10_000 : 500 },
  );
});

describe('an observation', () => {
  const rollout = { ...foldedRollout([5, 25]), ...judgedRollout(), step: 1, step_started_at: 10 * MINUTE } as unknown as Rollout;

  it('has the health of the current step only, and the trials of all', () => {
    const state = foldAll(
      [deltaOf({ arm, exposed: 5, health: { visitors: 5 } }), deltaOf({ id: 2, arm, period: 1, exposed: 7, health: { visitors: 7 } })],
      rollout,
      LATER,
    );
    const observation = observationOf(state, rollout, [], 20 * MINUTE);
    expect(observation.arms[arm]!.visitors).toBe(7);
    expect(observation.overall.periods).toHaveLength(2);
    expect(Observation.parse(observation)).toEqual(observation);
  });

  it('is there before anything was counted', () => {
    const observation = observationOf(null, rollout, [], 20 * MINUTE);
    expect(Observation.parse(observation)).toEqual(observation);
    expect(judge(observation, rollout).recommendation).toBe('hold');
  });
});

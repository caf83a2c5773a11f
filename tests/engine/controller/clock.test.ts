import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSnapshotSigner } from '#engine/adapters/snapshot-signer.ts';
import { tick } from '#engine/controller/tick.ts';
import { MS_PER_MINUTE } from '#engine/domain/rollout-state.ts';
import type { Services } from '#engine/services/context.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { ProblemError } from '#schemas/problem.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { createMemoryStore } from '../../simulation/shared-store.ts';
import { NOW, PLACE, planOf } from '../../support/fixtures.ts';
import { ANA, seedShop } from '../../support/services.ts';
import { SIGNING_KEY } from '../../support/signing-key.ts';

/** Two engines on one store, each with a clock of its own that somebody turns, and steps that go on by time alone. */

const SCHEDULES = process.env.CONCIERGE_LONG ? 10_000 : 150;
const MINUTES = [3, 1, 2, 5];
const steps = MINUTES.map((duration, index) => ({ percentage: 25 * (index + 1), duration, gate: 'auto' as const }));

type Act = { act: 'wait'; ms: number } | { act: 'turn'; engine: number; ms: number } | { act: 'tick' | 'pause' | 'resume'; engine: number };

const engine = fc.nat(1);
const ms = fc.oneof(fc.integer({ min: 1, max: 90_000 }), fc.constantFrom(60_000, 120_000, 180_000, 300_000));
const turn = fc.oneof(fc.integer({ min: -400_000, max: 400_000 }), fc.constantFrom(-86_400_000, 86_400_000));
const schedules = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ act: fc.constant('wait' as const), ms }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant('turn' as const), engine, ms: turn }) },
    { weight: 5, arbitrary: fc.record({ act: fc.constant('tick' as const), engine }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('pause' as const, 'resume' as const), engine }) },
  ),
  { minLength: 8, maxLength: 40 },
);

/** An onlooker with a clock of their own: how long the step has really run, and what the engines' clocks gained meanwhile. */
type Reckoning = { step: number; runMs: number; gainMs: number; since: { really: number; offsetMs: number } | undefined };

async function play(acts: readonly Act[]): Promise<number> {
  const store = createMemoryStore();
  const stores = store.reader();
  let really = NOW;
  const offsets = [0, 0];
  let serial = 0;
  const servicesOf = (index: number): Services => ({
    ...stores,
    metricSources: new Map(),
    signSnapshot: createSnapshotSigner(SIGNING_KEY).sign,
    now: () => really + offsets[index]!,
    randomId: (length) => String(serial++).padStart(length, '0'),
    onCommit: () => undefined,
  });
  const engines = offsets.map((_, index) => servicesOf(index));
  await seedShop(engines[0]!);
  const { rollout: started } = await startRollout(engines[0]!, PLACE, planOf({ steps }), ANA);
  const current = async (): Promise<Rollout> => (await stores.revisions.head(PLACE))!.document.rollouts[started.id]!;
  let before = await current();
  let reckoning: Reckoning = { step: 0, runMs: 0, gainMs: 0, since: { really, offsetMs: 0 } };
  let taken = 0;

  /** The step stopped running, or was looked at, by the clock of this engine. */
  function reckon(offsetMs: number): void {
    const { since } = reckoning;
    if (!since) return;
    reckoning.runMs += really - since.really;
    reckoning.gainMs += Math.max(0, offsetMs - since.offsetMs);
    reckoning.since = undefined;
  }

  for (const one of acts) {
    if (one.act === 'wait') really += one.ms;
    else if (one.act === 'turn') offsets[one.engine]! += one.ms;
    else {
      const services = engines[one.engine]!;
      if (one.act === 'tick') await tick(services, fail);
      else await moveRollout(services, PLACE, { type: `${one.act}-rollout`, rollout: started.id }, ANA).catch(ignoreRefusal);
      const now = await current();
      if (now.state === before.state && now.step === before.step) continue;
      const offsetMs = offsets[one.engine]!;
      reckon(offsetMs);
      if (one.act === 'tick') {
        taken++;
        const durationMs = MINUTES[before.step]! * MS_PER_MINUTE;
        expect(before.state, 'a paused rollout took a step').toBe('running');
        expect(now.state === 'completed' ? before.step : now.step - 1, 'a step was skipped').toBe(reckoning.step);
        expect(services.now(), 'a step was taken before it began').toBeGreaterThanOrEqual(before.step_started_at + durationMs);
        expect(reckoning.runMs + reckoning.gainMs, `step ${before.step} was taken early`).toBeGreaterThanOrEqual(durationMs);
        reckoning = { step: now.step, runMs: 0, gainMs: 0, since: undefined };
      }
      if (now.state === 'running') reckoning.since = { really, offsetMs };
      before = now;
    }
    if (before.state === 'completed') break;
  }
  store.close();
  return taken;
}

const fail = (error: unknown): never => {
  throw error;
};
const ignoreRefusal = (error: unknown): void => {
  if (!(error instanceof ProblemError && error.problem.code === 'rollout-state')) throw error;
};

it(
  `${SCHEDULES} schedules of two turning clocks, pauses and ticks: no step is taken before it has run for its time, but for what a clock gained`,
  { timeout: 3_600_000 },
  async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(schedules, async (acts) => void (taken += await play(acts))),
      { numRuns: SCHEDULES, ...(process.env.CONCIERGE_SEED ? { seed: Number(process.env.CONCIERGE_SEED) } : {}) },
    );
    expect(taken).toBeGreaterThan(SCHEDULES / 4);
  },
);

it('a jump back holds the step, for as long as the clock is behind', async () => {
  const minute = (count: number): Act => ({ act: 'wait', ms: count * MS_PER_MINUTE });
  const look: Act = { act: 'tick', engine: 0 };
  const back: Act = { act: 'turn', engine: 0, ms: -60 * MS_PER_MINUTE };
  expect(await play([minute(2.9), back, look, minute(60), look])).toBe(0);
  expect(await play([minute(2.9), back, look, minute(60.1), look])).toBe(1);
  expect(await play([minute(3), look])).toBe(1);
});

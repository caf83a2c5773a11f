import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tick } from '#engine/controller/tick.ts';
import { currentPeriod, periodsOf } from '#engine/domain/shares.ts';
import { ingestBeacons } from '#engine/services/ingest-beacons.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import type { RolloutPlanInput } from '#schemas/rollout.ts';
import { MINUTE, PLACE, planOf } from '../../support/fixtures.ts';
import { ANA, type TestServices, seedShop, testServices } from '../../support/services.ts';

const fail = (error: unknown): never => {
  throw error;
};

type Health = { failing?: number; latency?: number; feedback?: number };

/** A shop with a rollout, driven by hand. */
async function given(plan: Partial<RolloutPlanInput> = {}) {
  const services = testServices();
  await seedShop(services);
  const { rollout: started } = await startRollout(services, PLACE, planOf({ analysis: { promotion: 'limits' }, ...plan }), ANA);
  let serial = 0;
  const current = async () => (await services.revisions.head(PLACE))!.document.rollouts[started.id]!;
  return {
    services,
    id: started.id,
    current,
    /**
     * New visitors come in the period that is current, as many to each arm as its share says, until `count` of them are in the
     * canary. All of them load; in the canary some fail, or are slow, or say what they think.
     */
    async visitors(count: number, { failing = 0, latency = 120, feedback }: Health = {}, control: Health = {}) {
      const rollout = await current();
      const period = currentPeriod(rollout);
      const { canary = 0, control: rest = 0 } = periodsOf(rollout)[period]!.shares;
      const arms = [
        ['canary', count, { failing, latency, feedback }],
        ['control', Math.round((count * rest) / canary), { latency: 120, failing: 0, ...control }],
      ] as const;
      for (const [arm, visitors, health] of arms) {
        const events = Array.from({ length: visitors }, (_, index): HealthEvent[] => {
          const base = { rollout: started.id, period, arm, visitor: `v${serial++}`, at: services.now() };
          return [
            { ...base, kind: 'exposure' },
            { ...base, kind: 'loaded' },
            { ...base, kind: 'latency', value: health.latency },
            ...(index < health.failing ? [{ ...base, kind: 'error' as const }] : []),
            ...(health.feedback === undefined ? [] : [{ ...base, kind: 'feedback' as const, value: health.feedback }]),
          ];
        }).flat();
        if (events.length > 0) await ingestBeacons(services, { ...PLACE, events });
      }
    },
    async after(minutes: number) {
      services.clock.now += minutes * MINUTE;
      await tick(services, fail);
      return summary(services, started.id);
    },
  };
}

async function summary(services: TestServices, id: string) {
  const { document, number } = (await services.revisions.head(PLACE))!;
  const { state, step, steps } = document.rollouts[id]!;
  return { state, percentage: steps[step]!.percentage, main: document.buildings.main!.active_unit, revision: number };
}

describe('a healthy rollout', () => {
  it("goes 5 → 25 → 50 → 100 → done, one step for each step's time", async () => {
    const shop = await given();
    const seen = [];
    for (let step = 0; step < 4; step++) {
      await shop.visitors(30, { feedback: 95 });
      expect(await shop.after(9.9)).toMatchObject({ state: 'running' });
      seen.push(await shop.after(0.2));
    }
    expect(seen).toMatchObject([
      { state: 'running', percentage: 25, main: 'main@1.0.0' },
      { state: 'running', percentage: 50, main: 'main@1.0.0' },
      { state: 'running', percentage: 100, main: 'main@1.0.0' },
      { state: 'completed', percentage: 100, main: 'main@1.1.0' },
    ]);
  });

  it('holds as long as nobody comes', async () => {
    const shop = await given();
    expect(await shop.after(1_000)).toMatchObject({ state: 'running', percentage: 5, revision: 5 });
  });

  it('holds while paused, for any time, and goes on where it was', async () => {
    const shop = await given();
    await shop.visitors(30);
    await moveRollout(shop.services, PLACE, { type: 'pause-rollout', rollout: shop.id }, ANA);
    expect(await shop.after(10_000)).toMatchObject({ state: 'paused', percentage: 5 });
    await moveRollout(shop.services, PLACE, { type: 'resume-rollout', rollout: shop.id }, ANA);
    expect(await shop.after(9)).toMatchObject({ state: 'running', percentage: 5 });
    expect(await shop.after(1)).toMatchObject({ state: 'running', percentage: 25 });
  });

  it('keeps the evidence of every step in the revision that took it', async () => {
    const shop = await given();
    await shop.visitors(30);
    await shop.after(10);
    const { cause, actor } = (await shop.services.revisions.head(PLACE))!;
    expect(actor).toBe('engine');
    expect(cause).toMatchObject({
      type: 'judge-rollout',
      verdict: { verdict: 'healthy', observed: { step: 0, arms: { canary: { visitors: 30 } } } },
    });
  });

  it('an immediate one reaches everyone at once and completes when its time is up, visitors or not', async () => {
    const shop = await given({ strategy: 'immediate' });
    expect(await shop.after(0)).toMatchObject({ state: 'running', percentage: 100 });
    expect(await shop.after(10)).toMatchObject({ state: 'completed', main: 'main@1.1.0' });
  });
});

describe('a rollout that hurts is taken back by the next tick', () => {
  it.each<[string, Health]>([
    ['the error rate passes its limit', { failing: 12 }],
    ['the health score falls below its threshold', { latency: 5_000 }],
    ['feedback falls under 60', { feedback: 5 }],
  ])('%s', async (_, health) => {
    const shop = await given();
    await shop.visitors(30, health);
    expect(await shop.after(0.01)).toMatchObject({ state: 'rolled-back', main: 'main@1.0.0', revision: 6 });
  });

  it('at any step, with the old unit active and the new one gone from the document', async () => {
    const shop = await given();
    await shop.visitors(30);
    await shop.after(10);
    await shop.visitors(30, { failing: 30 });
    expect(await shop.after(0.01)).toMatchObject({ state: 'rolled-back', main: 'main@1.0.0' });
    expect((await shop.services.revisions.head(PLACE))!.document.units).not.toHaveProperty('main@1.1.0');
  });

  it('errors of the control alone take nothing back', async () => {
    const shop = await given();
    await shop.visitors(30, {}, { failing: 500 });
    expect(await shop.after(10)).toMatchObject({ state: 'running', percentage: 25 });
  });

  it('errors of an earlier step are not held against the next one', async () => {
    const shop = await given();
    await shop.visitors(40, { failing: 1 });
    await shop.after(10);
    await shop.visitors(30);
    expect(await shop.after(10)).toMatchObject({ state: 'running', percentage: 50 });
  });
});

describe('the clock', () => {
  it('jumping back holds; jumping forward takes one step, for which there must be visitors', async () => {
    const shop = await given();
    await shop.visitors(30);
    expect(await shop.after(-5_000)).toMatchObject({ percentage: 5 });
    expect(await shop.after(5_000 + 9)).toMatchObject({ percentage: 5 });
    expect(await shop.after(100_000)).toMatchObject({ percentage: 25 });
    expect(await shop.after(100_000)).toMatchObject({ percentage: 25 });
  });

  it('however it jumps, no step is taken before its time has passed on the clock', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 12 }), async (jumps) => {
        const shop = await given();
        let last = await shop.current();
        for (const jump of jumps) {
          await shop.visitors(25);
          await shop.after(jump);
          const now = await shop.current();
          if (now.step !== last.step || now.state !== last.state) {
            expect(now.step - last.step).toBeLessThanOrEqual(1);
            expect(shop.services.now() - last.step_started_at).toBeGreaterThanOrEqual(10 * MINUTE);
          }
          last = now;
        }
      }),
      { numRuns: 25 },
    );
  });
});

it('one environment that fails does not keep the others from being looked at', async () => {
  const shop = await given();
  await shop.visitors(30, { failing: 30 });
  const errors: string[] = [];
  const places = async () => [
    { apartment: 'aaa', environment: 'broken', revision: 1, at: 0 },
    { ...PLACE, revision: 5, at: 0 },
  ];
  const head: typeof shop.services.revisions.head = async (place) => {
    if (place.apartment === 'aaa') throw new Error('unreadable');
    return shop.services.revisions.head(place);
  };
  const caused = await tick({ ...shop.services, revisions: { ...shop.services.revisions, places, head } }, (_, where) =>
    errors.push(where),
  );
  expect(errors).toEqual(['aaa/broken']);
  expect(caused).toHaveLength(1);
});

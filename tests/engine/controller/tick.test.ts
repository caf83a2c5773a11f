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
    /** New visitors of an arm report in the period that is current. */
    async visitors(
      arm: 'canary' | 'control',
      count: number,
      { failing = 0, latency = 120, feedback }: { failing?: number; latency?: number; feedback?: number } = {},
    ) {
      const period = currentPeriod(await current());
      const events = Array.from({ length: count }, (_, index): HealthEvent[] => {
        const base = { rollout: started.id, period, arm, visitor: `v${serial++}`, at: services.now() };
        return [
          { ...base, kind: 'exposure' },
          { ...base, kind: 'loaded' },
          { ...base, kind: 'latency', value: latency },
          ...(index < failing ? [{ ...base, kind: 'error' as const }] : []),
          ...(feedback === undefined ? [] : [{ ...base, kind: 'feedback' as const, value: feedback }]),
        ];
      }).flat();
      await ingestBeacons(services, { ...PLACE, events });
    },
    /** So many new visitors of the canary report, and healthy ones of its control as the period shares them out. */
    async traffic(count: number, health?: { failing?: number; latency?: number; feedback?: number }) {
      const { shares } = periodsOf(await current()).at(-1)!;
      await this.visitors('canary', count, health);
      await this.visitors('control', Math.round((count * shares.control!) / shares.canary!), { feedback: 95 });
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
      await shop.traffic(30, { feedback: 95 });
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
    await shop.traffic(30);
    await moveRollout(shop.services, PLACE, { type: 'pause-rollout', rollout: shop.id }, ANA);
    expect(await shop.after(10_000)).toMatchObject({ state: 'paused', percentage: 5 });
    await moveRollout(shop.services, PLACE, { type: 'resume-rollout', rollout: shop.id }, ANA);
    expect(await shop.after(9)).toMatchObject({ state: 'running', percentage: 5 });
    expect(await shop.after(1)).toMatchObject({ state: 'running', percentage: 25 });
  });

  it('keeps the evidence of every step in the revision that took it', async () => {
    const shop = await given();
    await shop.traffic(30);
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
  it.each<[string, Parameters<Awaited<ReturnType<typeof given>>['visitors']>[2]]>([
    ['the error rate passes its limit', { failing: 12 }],
    ['the health score falls below its threshold', { latency: 5_000 }],
    ['feedback falls under 60', { feedback: 20 }],
  ])('%s', async (_, health) => {
    const shop = await given();
    await shop.traffic(60, health);
    expect(await shop.after(0.01)).toMatchObject({ state: 'rolled-back', main: 'main@1.0.0', revision: 6 });
  });

  it('at any step, with the old unit active and the new one gone from the document', async () => {
    const shop = await given();
    await shop.traffic(30);
    await shop.after(10);
    await shop.traffic(30, { failing: 30 });
    expect(await shop.after(0.01)).toMatchObject({ state: 'rolled-back', main: 'main@1.0.0' });
    expect((await shop.services.revisions.head(PLACE))!.document.units).not.toHaveProperty('main@1.1.0');
  });

  it('errors of the control alone take nothing back', async () => {
    const shop = await given();
    await shop.visitors('canary', 30);
    await shop.visitors('control', 570, { failing: 500 });
    expect(await shop.after(10)).toMatchObject({ state: 'running', percentage: 25 });
  });

  it('errors of an earlier step are not held against the next one', async () => {
    const shop = await given();
    await shop.traffic(40, { failing: 1 });
    await shop.after(10);
    await shop.traffic(30);
    expect(await shop.after(10)).toMatchObject({ state: 'running', percentage: 50 });
  });
});

describe('the clock', () => {
  it('jumping back holds; jumping forward takes one step, for which there must be visitors', async () => {
    const shop = await given();
    await shop.traffic(30);
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
          await shop.traffic(25);
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

describe('what visitors do not say, and who says it', () => {
  /** Visitors of whom nothing comes but that they were given the canary, beside a control that reports. */
  async function silent(shop: Awaited<ReturnType<typeof given>>, count: number) {
    const period = currentPeriod(await shop.current());
    const events = Array.from({ length: count }, (_, index): HealthEvent => {
      return {
        rollout: shop.id,
        period,
        arm: 'canary',
        visitor: `s${shop.services.now()}-${index}`,
        kind: 'exposure',
        at: shop.services.now(),
      };
    });
    await ingestBeacons(shop.services, { ...PLACE, events });
  }

  it.each(['limits', 'evidence'] as const)('a canary of whom nothing is heard is never promoted (%s)', async (promotion) => {
    const shop = await given({ analysis: { promotion, warm_up: 0 } });
    let last;
    for (let minute = 0; minute < 60; minute++) {
      await silent(shop, 10);
      await shop.visitors('control', 190);
      last = await shop.after(1);
      expect(last.percentage).toBe(5);
      if (last.state !== 'running') break;
    }
    expect(last).toMatchObject({ state: 'rolled-back', main: 'main@1.0.0' });
  });

  it.each([
    { networks: 2, outcome: 'paused' },
    { networks: 80, outcome: 'rolled-back' },
  ])('errors from $networks networks: $outcome', async ({ networks, outcome }) => {
    const shop = await given({ analysis: { promotion: 'limits', warm_up: 0 } });
    const period = currentPeriod(await shop.current());
    const at = shop.services.now();
    const events = Array.from({ length: 800 }, (_, index): HealthEvent[] => {
      const fails = index % 10 === 0;
      const network = fails ? `bad${(index / 10) % networks}` : `good${index % 400}`;
      const base = { rollout: shop.id, period, arm: 'canary', visitor: `c${index}`, network, at };
      return [
        { ...base, kind: 'exposure' },
        { ...base, kind: 'loaded' },
        { ...base, kind: 'latency', value: 120 },
        ...(fails ? [{ ...base, kind: 'error' as const }] : []),
      ];
    }).flat();
    await ingestBeacons(shop.services, { ...PLACE, events });
    await shop.visitors('control', 15_200, { failing: 80 });
    expect(await shop.after(0.01)).toMatchObject({ state: outcome });
  });
});

it('a look that changes nothing does not go through the store', async () => {
  const shop = await given();
  await shop.traffic(30);
  const { revisions } = shop.services;
  let commits = 0;
  let requests = 0;
  const counting: typeof revisions = {
    ...revisions,
    commit: (...all) => (commits++, revisions.commit(...all)),
    ofRequest: (...all) => (requests++, revisions.ofRequest(...all)),
  };
  expect(await tick({ ...shop.services, revisions: counting }, fail)).toEqual([]);
  expect([commits, requests]).toEqual([0, 0]);
});

it('one environment that fails does not keep the others from being looked at', async () => {
  const shop = await given();
  await shop.visitors('canary', 30, { failing: 30 });
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricSources } from '#engine/adapters/create-metric-sources.ts';
import { createStores } from '#engine/db/create-stores.ts';
import { openDatabase } from '#engine/db/open-database.ts';
import { createMeasurer } from '#engine/controller/measure.ts';
import { forgetVisitors } from '#engine/controller/forget-visitors.ts';
import { metricStates } from '#engine/services/metric-states.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import type { MetricAnswer } from '#schemas/measurement.ts';
import type { RolloutPlanInput } from '#schemas/rollout.ts';
import { MINUTE, PLACE, planOf } from '../../support/fixtures.ts';
import { ANA, type TestServices, seedShop, testServices } from '../../support/services.ts';

const SECOND = 1_000;
const fail = (error: unknown): never => {
  throw error;
};

type MetricInput = NonNullable<NonNullable<RolloutPlanInput['analysis']>['metrics']>[number];
const metric = (overrides: Partial<MetricInput> = {}): MetricInput => ({
  name: 'errors',
  query: { kind: 'prometheus', source: 'prometheus', query: 'errors' },
  failure: { gt: 1 },
  ...overrides,
});

/** A shop with a rollout of these metrics, and sources that answer as the test says. */
async function given(metrics: MetricInput[], answer: MetricSources['ask'] = async () => ({ outcome: 'value', value: 0 })) {
  const services = testServices();
  await seedShop(services);
  const { rollout } = await startRollout(services, PLACE, planOf({ analysis: { metrics } }), ANA);
  const asked: { query: string; at: number; arm: string }[] = [];
  const sources: MetricSources = {
    kinds: services.metricSources,
    ask: async (query, variables, options) => {
      asked.push({ query: query.kind === 'web' ? query.path : query.query, at: options.at, arm: variables.arm });
      return answer(query, variables, options);
    },
  };
  const measurer = createMeasurer({ services, sources, onError: fail });
  return {
    services,
    sources,
    measurer,
    asked,
    id: rollout.id,
    current: async () => (await services.revisions.head(PLACE))!.document.rollouts[rollout.id]!,
    async state() {
      return metricStates(services, PLACE, await this.current());
    },
    async measureAfter(ms: number) {
      services.clock.now += ms;
      await measurer.run();
      await measurer.idle();
    },
  };
}

/** Another engine over the same file. */
function secondEngine({ services, sources }: { services: TestServices; sources: MetricSources }) {
  const database = openDatabase(services.file);
  return {
    measurer: createMeasurer({ services: { ...services, ...createStores(database) }, sources, onError: fail }),
    close: () => database.$client.close(),
  };
}

describe('a metric is measured', () => {
  it('at once, then once for each interval, after its warm-up', async () => {
    const shop = await given([metric({ interval_seconds: 60 }), metric({ name: 'late', interval_seconds: 60, initial_delay_seconds: 90 })]);
    const start = shop.services.now();
    for (let second = 0; second <= 180; second += 10) await shop.measureAfter(second === 0 ? 0 : 10 * SECOND);
    const of = async (name: string) =>
      (await shop.services.measurements.list(PLACE, { rollout: shop.id, run: start, metric: name, subject: '' })).map(
        ({ at }) => (at - start) / SECOND,
      );
    expect(await of('errors')).toEqual([0, 60, 120, 180]);
    expect(await of('late')).toEqual([90, 150]);
    expect(await shop.state()).toMatchObject([
      { name: 'errors', successes: 4, failures: 0 },
      { name: 'late', successes: 2, last: { value: 0 } },
    ]);
  });

  it('while the rollout is paused too; counting begins anew when it is resumed, and with each step', async () => {
    const shop = await given([metric({ interval_seconds: 60, failure_limit: 5 })], async () => ({ outcome: 'value', value: 2 }));
    const move = (command: Parameters<typeof moveRollout>[2]) => moveRollout(shop.services, PLACE, command, ANA);
    await shop.measureAfter(0);
    await move({ type: 'pause-rollout', rollout: shop.id });
    await shop.measureAfter(60 * SECOND);
    expect(await shop.state()).toMatchObject([{ failures: 2 }]);
    await move({ type: 'resume-rollout', rollout: shop.id });
    expect(await shop.state()).toMatchObject([{ failures: 0, last: null, due: true }]);
    await shop.measureAfter(0);
    expect(await shop.state()).toMatchObject([{ failures: 1 }]);
    shop.services.clock.now += SECOND;
    await move({ type: 'promote-rollout', rollout: shop.id, to: 'next-step' });
    await shop.measureAfter(0);
    expect(await shop.state()).toMatchObject([{ failures: 1 }]);
  });

  it('no more once the rollout has ended', async () => {
    const shop = await given([metric({ interval_seconds: 1 })]);
    await moveRollout(shop.services, PLACE, { type: 'abort-rollout', rollout: shop.id }, ANA);
    await shop.measureAfter(MINUTE);
    expect(shop.asked).toEqual([]);
  });

  it('with what it needs to know', async () => {
    const seen: unknown[] = [];
    const query = { kind: 'web', source: 'billing', path: '{{unit}}' } as const;
    const shop = await given([metric({ query })], async (...args) => {
      seen.push(args.slice(0, 2));
      return { outcome: 'value', value: 0 };
    });
    await shop.measureAfter(0);
    const variables = { ...PLACE, arm: 'canary', unit: 'main@1.1.0', building: 'main', rollout: shop.id };
    expect(seen).toEqual([[{ ...query, pointer: '' }, variables]]);
  });
});

describe('two engines', () => {
  it('never measure the same, whoever is faster', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 40 })), { maxLength: 25 }), async (turns) => {
        const shop = await given([metric({ interval_seconds: 30, query: { kind: 'prometheus', source: 'prometheus', query: '{{arm}}' } })]);
        const other = secondEngine(shop);
        await Promise.all([shop.measurer.run(), other.measurer.run()]);
        for (const [first, seconds] of turns) {
          shop.services.clock.now += seconds * SECOND;
          const [one, two] = first ? [shop.measurer, other.measurer] : [other.measurer, shop.measurer];
          await Promise.all([one.run(), two.run()]);
          await Promise.all([one.idle(), two.idle()]);
        }
        await Promise.all([shop.measurer.idle(), other.measurer.idle()]);
        other.close();
        const times = shop.asked.map(({ at }) => at);
        times.slice(1).forEach((at, index) => expect(at - times[index]!).toBeGreaterThanOrEqual(30 * SECOND));
        expect(times.length).toBeGreaterThanOrEqual(1);
        expect(await shop.services.measurements.list(PLACE, { ...(await rowOf(shop)), subject: 'canary' })).toHaveLength(times.length);
      }),
      { numRuns: process.env.CONCIERGE_LONG ? 200 : 10 },
    );
  });

  it('one that was killed while it asked has its question counted as an error, and the other goes on', async () => {
    const shop = await given([metric({ interval_seconds: 10 })], () => new Promise<MetricAnswer>(() => undefined));
    await shop.measurer.run(); // asks and never hears: as good as killed
    await new Promise(setImmediate);
    expect(shop.asked).toHaveLength(1);
    const other = secondEngine({ ...shop, sources: { ...shop.sources, ask: async () => ({ outcome: 'value', value: 0 }) } });
    for (const [seconds, expected] of [
      [20, { last: null, successes: 0, errors: 0 }],
      [10, { successes: 1, errors: 1, consecutive_errors: 0 }],
    ] as const) {
      shop.services.clock.now += seconds * SECOND;
      await other.measurer.run();
      await other.measurer.idle();
      expect(await shop.state()).toMatchObject([expected]);
    }
    other.close();
  });

  it('an answer that comes after somebody gave up on it changes nothing', async () => {
    const late = Promise.withResolvers<MetricAnswer>();
    const shop = await given([metric({ interval_seconds: 10, failure_limit: 9 })], () => late.promise);
    await shop.measurer.run();
    const other = secondEngine({ ...shop, sources: { ...shop.sources, ask: async () => ({ outcome: 'value', value: 0 }) } });
    shop.services.clock.now += 31 * SECOND;
    await other.measurer.run();
    await other.measurer.idle();
    late.resolve({ outcome: 'value', value: 100 });
    await shop.measurer.idle();
    expect(await shop.state()).toMatchObject([{ failures: 0, errors: 1, successes: 1, last: { value: 0 } }]);
    other.close();
  });
});

const rowOf = async (shop: Awaited<ReturnType<typeof given>>) => ({
  rollout: shop.id,
  run: (await shop.current()).step_started_at,
  metric: 'errors',
});

it('an engine that stops gives back what it was asking, and it is asked again', async () => {
  const shop = await given(
    [metric()],
    (_, __, { signal }) => new Promise((done) => signal!.addEventListener('abort', () => done({ outcome: 'error', reason: 'stopped' }))),
  );
  await shop.measurer.run();
  await new Promise(setImmediate);
  await shop.measurer.stop();
  expect(shop.asked).toHaveLength(1);
  const next = secondEngine({ ...shop, sources: { ...shop.sources, ask: async () => ({ outcome: 'value', value: 0 }) } });
  await next.measurer.run();
  await next.measurer.idle();
  next.close();
  expect(await shop.state()).toMatchObject([{ successes: 1, errors: 0 }]);
});

describe('a source that hangs', () => {
  it('keeps no other source waiting, nor is it asked more than eight things at once', async () => {
    const slow = Promise.withResolvers<MetricAnswer>();
    const metrics = [
      ...Array.from({ length: 15 }, (_, index) => metric({ name: `slow-${index}`, interval_seconds: 10 })),
      metric({ name: 'quick', interval_seconds: 10, query: { kind: 'web', source: 'billing', path: 'quick' } }),
    ];
    const shop = await given(metrics, async (query) => (query.kind === 'web' ? { outcome: 'value', value: 0 } : slow.promise));
    const until = async (count: number) => {
      while (shop.asked.length < count) await new Promise(setImmediate);
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    };
    await shop.measurer.run();
    await until(9);
    expect(shop.asked.filter(({ query }) => query === 'quick')).toHaveLength(1);
    expect(shop.asked).toHaveLength(9);
    shop.services.clock.now += 10 * SECOND;
    await shop.measurer.run();
    await until(10);
    expect(shop.asked.filter(({ query }) => query === 'quick')).toHaveLength(2);
    expect(shop.asked).toHaveLength(10);
    slow.resolve({ outcome: 'value', value: 0 });
    await shop.measurer.idle();
    expect((await shop.state()).map(({ successes }) => successes)).toEqual([...Array.from({ length: 15 }, () => 1), 2]);
  });
});

it('measurements are forgotten after a week, and what they came to is not', async () => {
  const shop = await given([metric({ interval_seconds: 86_400, failure_limit: 99 })], async () => ({ outcome: 'value', value: 2 }));
  for (let day = 0; day < 10; day++) {
    await shop.measureAfter(day === 0 ? 0 : 86_400 * SECOND);
    await forgetVisitors(shop.services);
  }
  expect(await shop.services.measurements.list(PLACE, { ...(await rowOf(shop)), subject: '' })).toHaveLength(8);
  expect(await shop.state()).toMatchObject([{ failures: 10 }]);
});

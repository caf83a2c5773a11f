import { expect, it } from 'vitest';
import { tick } from '#engine/controller/tick.ts';
import { MINUTE, NOW, PLACE } from '../../support/fixtures.ts';
import { ENVIRONMENT, testApiWithShop } from '../../support/api.ts';
import { eventOf, ingest } from '../../support/health.ts';
import type { TestServices } from '../../support/services.ts';

const fail = (error: unknown): never => {
  throw error;
};

it('tells by the minute and by arm what was counted, with percentiles of latency and web vitals and the steps', async () => {
  const api = await testApiWithShop();
  const services = api.services as TestServices;
  const started = await api.request('POST', `${ENVIRONMENT}/rollouts`, { body: { units: ['main@1.1.0'], steps: [10, 50, 100] } });
  const { id } = started.body.rollout;
  const at = async (path: string) => (await api.request('GET', `${ENVIRONMENT}/rollouts/${id}/health${path}`)).body;
  expect(await at('')).toMatchObject({ points: [], arms: {}, control: 'control', minutes: 1 });

  for (let minute = 0; minute < 4; minute++) {
    const now = NOW + minute * MINUTE;
    services.clock.now = now;
    for (const [arm, slow, errors] of [
      ['canary', 3, 2],
      ['control', 1, 1],
    ] as const) {
      const visitors = Array.from({ length: 20 }, (_, index) => ({ arm, at: now, visitor: `${arm}-${minute}-${index}` }));
      const events = visitors.flatMap((who, index) => [
        eventOf(id, { ...who, kind: 'exposure' }),
        eventOf(id, { ...who, kind: 'latency', value: slow * (index + 1) * 10 }),
        eventOf(id, { ...who, kind: 'lcp', value: slow * 1_000 }),
        eventOf(id, { ...who, kind: 'cls', value: 0.1 }),
        ...(index < errors ? [eventOf(id, { ...who, kind: 'error' as const })] : []),
      ]);
      await ingest(services, ...events);
    }
    await tick(services, fail);
  }
  await api.request('POST', `${ENVIRONMENT}/rollouts/${id}/promote`, { body: {} });

  const health = await at('');
  expect(health.points.map((point: any) => [point.at, point.minutes])).toEqual([0, 1, 2, 3].map((minute) => [NOW + minute * MINUTE, 1]));
  const { canary, control } = health.arms;
  expect(canary).toMatchObject({ exposures: 80, visitors: 80, failed_visitors: 8, error_rate: 10, inp: null });
  expect(control).toMatchObject({ exposures: 80, visitors: 80, failed_visitors: 4, error_rate: 5 });
  expect(canary.latency.samples).toBe(80);
  for (const [found, exact] of [
    [canary.latency.p50, 300],
    [canary.latency.p75, 450],
    [canary.latency.p95, 570],
    [control.latency.p95, 190],
    [canary.lcp.p75, 3_000],
    [control.lcp.p75, 1_000],
    [control.cls.p50, 0.1],
    [health.points[2].arms.canary.latency.p75, 450],
  ])
    expect(Math.abs(found / exact - 1)).toBeLessThan(0.02);
  expect(health.steps).toEqual([
    { at: NOW, step: 0, percentage: 10 },
    { at: NOW + 3 * MINUTE, step: 1, percentage: 50 },
  ]);

  expect((await at(`?from=${NOW + 2 * MINUTE}`)).points).toHaveLength(2);
  expect((await at('?minutes=2')).points.map((point: any) => point.minutes)).toEqual([2, 2]);
  expect((await at('?minutes=0')).errors).toMatchObject([{ path: '/minutes' }]);
  expect((await api.request('GET', `${ENVIRONMENT}/rollouts/nothing/health`)).status).toBe(404);
  await services.health.thinOut(NOW + 3 * 24 * 60 * MINUTE);
  expect((await at('')).points).toMatchObject([{ minutes: 60, arms: { canary: { visitors: 80, latency: { samples: 80 } } } }]);
  expect((await services.health.points(PLACE, id, 0)).length).toBe(2);
});

it('of one that has ended tells of its time, and of a little after for reports that come late', async () => {
  const api = await testApiWithShop();
  const services = api.services as TestServices;
  const { id } = (await api.request('POST', `${ENVIRONMENT}/rollouts`, { body: { units: ['main@1.1.0'] } })).body.rollout;
  const untilNow = async (): Promise<number> => (await api.request('GET', `${ENVIRONMENT}/rollouts/${id}/health`)).body.to - NOW;
  services.clock.now = NOW + 10 * MINUTE;
  expect(await untilNow()).toBe(10 * MINUTE);
  await api.request('POST', `${ENVIRONMENT}/rollouts/${id}/abort`, { body: {} });
  services.clock.now = NOW + 11 * MINUTE;
  expect(await untilNow()).toBe(11 * MINUTE);
  services.clock.now = NOW + 24 * 60 * MINUTE;
  expect(await untilNow()).toBe(15 * MINUTE);
});

import { expect, it } from 'vitest';
import { createShadowStore } from '#engine/adapters/shadow-store.ts';
import { writeShadow } from '#engine/controller/write-shadow.ts';
import { writeUnits } from '#engine/controller/write-units.ts';
import { testApi } from '../../support/api.ts';
import { memoryObjectStore } from '../../support/memory-object-store.ts';
import { seedShop, testServices } from '../../support/services.ts';

it('tells how both stores are, and says degraded when the shadow is far behind', async () => {
  const services = testServices();
  await seedShop(services);
  const objects = memoryObjectStore();
  const shadow = createShadowStore(objects);
  services.shadow = shadow;
  const api = await testApi(services);
  const ready = () => api.request('GET', '/readyz', { token: null });
  expect((await ready()).body).toMatchObject({ status: 'ok', checks: { database: 'ok', shadow: 'ok' } });
  objects.fail = () => new Error('away');
  services.clock.now += 301_000;
  await writeShadow(services, shadow);
  await writeUnits(services, shadow);
  const behind = (pending: number) => ({ pending, lag_ms: 301_000, written: 0, last_error: 'away' });
  expect(await ready()).toMatchObject({
    status: 200,
    body: { status: 'degraded', checks: { shadow: '4 revisions behind for 301 s: away; 6 units behind for 301 s: away' } },
  });
  expect((await api.request('GET', '/v1/stores')).body).toEqual({
    database: { environments: 1, newest: services.clock.now - 301_000 },
    shadow: { store: 'memory', ...behind(4), units: behind(6) },
  });
  objects.fail = undefined;
  services.clock.now += 1_000;
  await writeShadow(services, shadow);
  expect((await ready()).body).toMatchObject({ status: 'degraded', checks: { shadow: '6 units behind for 302 s: away' } });
  expect((await api.request('GET', '/v1/stores')).body.shadow).toMatchObject({ pending: 0, written: 4, units: { pending: 6 } });
  await writeUnits(services, shadow);
  expect((await ready()).body).toMatchObject({ status: 'ok', checks: { shadow: 'ok' } });
  expect((await api.request('GET', '/v1/stores')).body.shadow.units).toEqual({ pending: 0, lag_ms: 0, written: 6, last_error: null });
  services.shadow = null;
  expect((await ready()).body).toMatchObject({ status: 'ok', checks: { shadow: 'off' } });
});

it('is alive but not ready when the database does not answer', async () => {
  const services = testServices();
  const api = await testApi({ ...services, revisions: { ...services.revisions, places: () => Promise.reject(new Error('disk')) } });
  expect(await api.request('GET', '/healthz', { token: null })).toMatchObject({ status: 200 });
  expect(await api.request('GET', '/readyz', { token: null })).toMatchObject({ status: 503, body: { code: 'unavailable' } });
});

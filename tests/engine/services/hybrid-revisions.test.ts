import { describe, expect, it } from 'vitest';
import { createShadowStore } from '#engine/adapters/shadow-store.ts';
import { writeShadow } from '#engine/controller/write-shadow.ts';
import { compareRevisions } from '#engine/services/compare-revisions.ts';
import { change } from '#engine/services/change.ts';
import { listRevisions, viewRevision } from '#engine/services/list-revisions.ts';
import { flagOf, PLACE } from '../../support/fixtures.ts';
import { ENVIRONMENT, testApi } from '../../support/api.ts';
import { memoryObjectStore } from '../../support/memory-object-store.ts';
import { ANA, seedShop, testServices } from '../../support/services.ts';

async function shop() {
  const services = testServices();
  await seedShop(services);
  const objects = memoryObjectStore();
  services.shadow = createShadowStore(objects);
  await writeShadow(services, createShadowStore(objects));
  /** The table is gone; tokens and all the rest still answer. */
  const breakDown = (): void => void services.database.$client.exec('alter table revisions rename to gone');
  return { services, objects, breakDown };
}

describe('where the database cannot answer', () => {
  it('reading goes on from the shadow: revisions, pages and differences are the same', async () => {
    const { services, breakDown } = await shop();
    const api = await testApi(services);
    const paths = [
      '',
      '/revisions',
      '/revisions?limit=2',
      '/revisions?limit=2&before=3',
      '/revisions/3',
      '/diff',
      '/diff?from=1&to=4',
      '/audit',
    ];
    const ask = () => Promise.all(paths.map(async (path) => (await api.request('GET', ENVIRONMENT + path)).body));
    const before = await ask();
    breakDown();
    expect(await ask()).toEqual(before);
    expect(before[2]).toMatchObject({ revisions: [{ number: 4 }, { number: 3 }], next_before: 3 });
    expect(api.unexpected).not.toEqual([]); // it was told
  });

  it('nothing is decided on it', async () => {
    const { services, breakDown } = await shop();
    breakDown();
    await expect(change(services, PLACE, ANA, () => ({ type: 'set-flag', name: 'f', flag: flagOf() }))).rejects.toThrow('revisions');
    const api = await testApi(services);
    expect((await api.request('POST', `${ENVIRONMENT}/rollback`, { body: {} })).status).toBe(500);
  });

  it('what the shadow has is not believed when it was changed', async () => {
    const { services, objects, breakDown } = await shop();
    const api = await testApi(services);
    breakDown();
    const key = 'shop/production/versions/v000003.json';
    objects.objects.set(key, objects.objects.get(key)!.replace('cdn.example', 'cdm.example'));
    expect((await api.request('GET', `${ENVIRONMENT}/revisions/3`)).status).toBe(500);
    expect((await api.request('GET', `${ENVIRONMENT}/revisions/2`)).status).toBe(200);
  });
});

it('where it can, the shadow is not asked', async () => {
  const { services, objects } = await shop();
  objects.fail = () => new Error('asked');
  expect(await viewRevision(services, PLACE, 3)).toMatchObject({ number: 3 });
  expect((await listRevisions(services, PLACE, { limit: 10 })).revisions).toHaveLength(4);
  expect(await compareRevisions(services, PLACE, {})).toMatchObject({ from: 3, to: 4 });
});

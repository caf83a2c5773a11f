import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolderObjectStore } from '#engine/adapters/folder-object-store.ts';
import { createShadowStore } from '#engine/adapters/shadow-store.ts';
import { writeShadow } from '#engine/controller/write-shadow.ts';
import { ENVIRONMENT, testApi, testApiWithShop } from '../../support/api.ts';
import { ESCAPES } from '../../support/escapes.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { PLACE, planOf, unitOf } from '../../support/fixtures.ts';
import { ANA, publish, temporaryFolder } from '../../support/services.ts';

const UNITS = '/v1/apartments/shop/units';
const SNAP = '2.0.0-0.snap.20260110';
const newUnit = (id: string, version?: string) => {
  const { id: _, rollout: __, ...unit } = unitOf(id);
  return { building: unit.name, unit: { ...unit, ...(version === undefined ? {} : { version }) } };
};

describe('versions', () => {
  it.each([
    ['v2.0.0', '2.0.0', 'v2.0.0', 'stable'],
    ['2.0.0-rc.1', '2.0.0-rc.1', 'v2.0.0-rc.1', 'rc'],
    ['v2.0.0.snap.20260110', SNAP, 'v2.0.0.snap.20260110', 'snapshot'],
  ])('%s is published as %s, and found under both', async (given, version, tag, kind) => {
    const api = await testApiWithShop();
    const published = await api.request('POST', UNITS, { body: newUnit('main@2.0.0', given) });
    expect(published).toMatchObject({ status: 201, body: { unit: { id: `main@${version}`, version }, tag, kind } });
    for (const form of [version, tag]) {
      expect(await api.request('GET', `${UNITS}/main/${form}`)).toMatchObject({
        status: 200,
        body: { published: published.body, used_by: [] },
      });
    }
  });

  it.each([
    ['01.0.0', '"01" has a leading zero'],
    ['1.0.0-rc', 'a release candidate has a number: -rc.1'],
    ['1.0.0+5', 'build metadata'],
    ['1.0.0.snap.20260230', 'is no day of the calendar'],
  ])('%s is refused with the rule that it breaks', async (version, words) => {
    const api = await testApiWithShop();
    const answer = await api.request('POST', UNITS, { body: newUnit('main@2.0.0', version) });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: '/unit/version', message: expect.stringContaining(words) }] } });
    const read = await api.request('GET', `${UNITS}/main/${encodeURIComponent(version)}`);
    expect(read).toMatchObject({ status: 400, body: { errors: [{ message: expect.stringContaining(words) }] } });
  });

  it('are listed highest first, each with what uses it, page by page', async () => {
    const api = await testApiWithShop();
    await publish(api.services, 'main@1.10.0', 'main@1.10.0-rc.2', `main@${SNAP}`, 'main@1.9.0');
    const order = [SNAP, '1.10.0', '1.10.0-rc.2', '1.9.0', '1.1.0', '1.0.0'];
    const all = (await api.request('GET', `${UNITS}/main`)).body;
    expect(all.versions.map((one: any) => one.published.unit.version)).toEqual(order);
    expect(all.versions.at(-1).used_by).toEqual([{ environment: 'production', revision: 4, as: 'active', name: 'main' }]);
    const seen: string[] = [];
    for (let below = ''; ;) {
      const { body } = await api.request('GET', `${UNITS}/main?limit=4${below}`);
      seen.push(...body.versions.map((one: any) => one.published.unit.version));
      if (body.next_below === null) break;
      below = `&below=${body.next_below}`;
    }
    expect(seen).toEqual(order);
    expect((await api.request('GET', `${UNITS}/nobody`)).status).toBe(404);
  });

  it('where else one is used is told to those who may see it', async () => {
    const api = await testApiWithShop();
    const token = await api.tokenFor({ role: 'viewer', environment: 'staging' });
    expect((await api.request('GET', `${UNITS}/main/1.0.0`, { token })).body.used_by).toEqual([]);
    expect((await api.request('GET', `${UNITS}/main/1.0.0`)).body.used_by).toHaveLength(1);
  });

  it('what a candidate went through is told to those who may see where', async () => {
    const api = await testApiWithShop();
    await publish(api.services, 'main@1.3.0-rc.1');
    await startRollout(api.services, PLACE, planOf({ units: ['main@1.3.0-rc.1'] }), ANA);
    expect((await api.request('POST', `${UNITS}/main/promote`, { body: { version: '1.3.0' } })).status).toBe(201);
    const token = await api.tokenFor({ role: 'viewer', environment: 'staging' });
    for (const [as, seen] of [
      [token, 0],
      [undefined, 1],
    ] as const) {
      const ask = async (path: string) => (await api.request('GET', path, as ? { token: as } : {})).body;
      expect((await ask(`${UNITS}/main/1.3.0`)).published.promotion.rollouts).toHaveLength(seen);
      expect((await ask(`${UNITS}/main`)).versions[0].published.promotion.rollouts).toHaveLength(seen);
      expect((await ask(`${UNITS}?name=main`)).units.find((one: any) => one.promotion).promotion.rollouts).toHaveLength(seen);
    }
  });
});

it('pages follow one another', async () => {
  const api = await testApiWithShop();
  const first = (await api.request('GET', `${UNITS}?limit=4`)).body;
  const second = (await api.request('GET', `${UNITS}?limit=4&before=${encodeURIComponent(first.next_before)}`)).body;
  expect([first.units.length, second.units.length, second.next_before]).toEqual([4, 2, null]);
  expect((await api.request('GET', `${UNITS}?building=header`)).body.units).toHaveLength(2);
  expect(await api.request('GET', `${UNITS}?before=x`)).toMatchObject({ status: 400, body: { errors: [{ path: '/before' }] } });
  expect((await api.request('GET', `${UNITS}?kind=beta`)).status).toBe(400);
});

it('a candidate is promoted, once; a snapshot expires, once', async () => {
  const api = await testApiWithShop();
  await publish(api.services, 'main@2.0.0-rc.1', `main@${SNAP}`);
  const promote = (body: object) => api.request('POST', `${UNITS}/main/promote`, { body });
  const made = await promote({ version: 'v2.0.0', reason: 'good' });
  expect(made).toMatchObject({ status: 201, body: { unit: { id: 'main@2.0.0' }, promotion: { from: '2.0.0-rc.1', reason: 'good' } } });
  expect(await promote({ version: '2.0.0' })).toMatchObject({ status: 200, body: made.body });
  expect(await promote({ version: '3.0.0' })).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
  expect(await promote({ version: '3' })).toMatchObject({ status: 400, body: { errors: [{ path: '/version' }] } });
  expect(await promote({ version: '1.1.0', from: '2.0.0-rc.1' })).toMatchObject({ status: 422, body: { errors: [{ path: '/from' }] } });
  const gone = await api.request('DELETE', `${UNITS}/main/v2.0.0.snap.20260110`);
  expect(gone).toMatchObject({ status: 200, body: { expired_at: api.services.clock.now } });
  expect(await api.request('DELETE', `${UNITS}/main/${SNAP}`)).toMatchObject({ status: 200, body: gone.body });
  expect((await api.request('DELETE', `${UNITS}/main/2.0.0`)).status).toBe(422);
  expect(await api.request('POST', UNITS, { body: newUnit(`main@${SNAP}`) })).toMatchObject({
    status: 409,
    body: { code: 'unit-expired' },
  });
});

describe(`no name leads anywhere: ${ESCAPES.length} ways out`, () => {
  const good = { apartment: 'shop', environment: 'production', name: 'main', version: '1.0.0' };

  it('in a path', async () => {
    const api = await testApiWithShop();
    const paths = [
      (at: typeof good) => `/v1/apartments/${at.apartment}/units`,
      (at: typeof good) => `/v1/apartments/${at.apartment}/units/${at.name}`,
      (at: typeof good) => `/v1/apartments/${at.apartment}/units/${at.name}/${at.version}`,
      (at: typeof good) => `/v1/apartments/${at.apartment}/environments/${at.environment}`,
      (at: typeof good) => `/v1/apartments/${at.apartment}/environments/${at.environment}/revisions`,
    ];
    const answers = new Map<number, number>();
    for (const way of ESCAPES.filter((one) => one !== '')) {
      for (const form of [encodeURIComponent(way), encodeURIComponent(encodeURIComponent(way))]) {
        for (const part of ['apartment', 'environment', 'name', 'version'] as const) {
          const at = { ...good, [part]: form };
          for (const path of paths.filter((make) => make(at) !== make(good)).map((make) => make(at))) {
            // A URL has no "." and ".." in it by the time that anybody gets it.
            if (new URL(path, 'http://x').pathname !== path) continue;
            const { status } = await api.request('GET', path);
            expect([path, [400, 404].includes(status)]).toEqual([path, true]);
            answers.set(status, (answers.get(status) ?? 0) + 1);
          }
        }
      }
    }
    expect(answers.get(400)).toBeGreaterThan(500);
    expect(api.unexpected).toEqual([]);
  });

  it('in a body, and nothing comes to lie elsewhere', async () => {
    const api = await testApi();
    const folder = temporaryFolder();
    await api.request('POST', '/v1/environments', { body: { apartment: 'shop', environment: 'production' } });
    for (const way of ESCAPES) {
      const { building, unit } = newUnit('main@1.0.0');
      const bodies: [string, unknown][] = [
        ['/v1/environments', { apartment: way, environment: 'production' }],
        ['/v1/environments', { apartment: 'shop', environment: way }],
        [UNITS, { building: way, unit }],
        [UNITS, { building, unit: { ...unit, name: way } }],
        [UNITS, { building, unit: { ...unit, version: way } }],
        [UNITS, { building, unit: { ...unit, version: `1.0.0-rc.${way}` } }],
      ];
      for (const [path, body] of bodies) expect([way, (await api.request('POST', path, { body })).status]).toEqual([way, 400]);
      expect([way, (await api.request('POST', `${UNITS}/main/promote`, { body: { version: way } })).status]).toEqual([way, 400]);
    }
    expect((await api.services.units.list('shop')).units).toEqual([]);
    expect(await api.services.revisions.places()).toMatchObject([{ apartment: 'shop', environment: 'production' }]);
    const shadow = createShadowStore(createFolderObjectStore(join(folder, 'shadow')));
    await writeShadow(api.services, shadow);
    expect(readdirSync(folder)).toEqual(['shadow']);
    expect(readdirSync(join(folder, 'shadow'))).toEqual(['shop']);
    for (const way of ESCAPES) {
      for (const place of [
        { apartment: way, environment: 'production' },
        { apartment: 'shop', environment: way },
      ]) {
        await expect((async () => shadow.index(place))()).rejects.toThrow();
        await expect((async () => shadow.numbers(place))()).rejects.toThrow();
      }
    }
    expect(api.unexpected).toEqual([]);
  });
});

it('the environment’s route is there, so that what is refused above is refused for its name', async () => {
  const api = await testApiWithShop();
  expect((await api.request('GET', ENVIRONMENT)).status).toBe(200);
  expect((await api.request('GET', `${UNITS}/main/1.0.0`)).status).toBe(200);
});

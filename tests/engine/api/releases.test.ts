import { describe, expect, it } from 'vitest';
import { PLACE } from '../../support/fixtures.ts';
import { ENVIRONMENT, type TestApi, testApi } from '../../support/api.ts';
import { twoEnvironments } from '../../support/releases.ts';

const APARTMENT = '/v1/apartments/shop';
const RELEASE = { version: '2.0.0', units: ['header@1.1.0', 'main@1.1.0'], dataset: 's3://data' };

const shop = async (): Promise<TestApi> => testApi(await twoEnvironments());

describe('releases', () => {
  it('are made once, listed with where they are, and deployed', async () => {
    const { request } = await shop();
    const made = await request('POST', `${APARTMENT}/releases`, { body: RELEASE });
    expect(made).toMatchObject({ status: 201, body: { version: '2.0.0', created_by: 'admin token' } });
    expect((await request('POST', `${APARTMENT}/releases`, { body: RELEASE })).status).toBe(200);
    const other = await request('POST', `${APARTMENT}/releases`, { body: { ...RELEASE, dataset: 'other' } });
    expect(other).toMatchObject({ status: 409, body: { code: 'release-differs' } });
    const deployed = await request('POST', `${ENVIRONMENT}/deploy`, { body: { release: '2.0.0' } });
    expect(deployed).toMatchObject({
      status: 200,
      body: { changed: true, revision: 5, moved: [{ building: 'header' }, { building: 'main' }] },
    });
    expect(deployed.headers.get('etag')).toBe('"5"');
    expect((await request('GET', `${APARTMENT}/releases`)).body.releases).toMatchObject([
      { version: '2.0.0', deployed: [{ environment: 'production', revision: 5, changed: [] }] },
    ]);
    expect((await request('GET', `${APARTMENT}/releases/2.0.0`)).body).toMatchObject({ units: { main: { unit: 'main@1.1.0' } } });
    expect((await request('GET', `${ENVIRONMENT}/release.json`)).body).toMatchObject({
      release: '2.0.0',
      dataset: 's3://data',
      revision: 5,
    });
    const where = (await request('GET', `${APARTMENT}/where`)).body.environments;
    expect(where[0]).toMatchObject({ environment: 'production', release: { version: '2.0.0', changed: [] } });
    const diff = (await request('GET', `${ENVIRONMENT}/diff`)).body.changes.map(({ text }: { text: string }) => text);
    expect(diff).toEqual([
      'header 1.0.0 → 1.1.0 for everyone',
      'main 1.0.0 → 1.1.0 for everyone',
      'release none → 2.0.0, with the dataset s3://data (was none)',
    ]);
  });

  it.each<[string, object, string[]]>([
    ['releases', { version: 'v2', units: ['main@1.1.0'] }, ['/version']],
    ['releases', { version: '2.0.0' }, ['/units']],
    ['releases', { version: '2.0.0', units: ['main@1.1.0'], from: 'staging', dataset: '' }, ['/dataset', '/units']],
    ['environments/production/deploy', { release: '2.0.0', take_back: true, plan: {}, override_freeze: true }, ['/take_back', '/reason']],
    ['environments/production/promote', {}, ['/from']],
    ['environments/production/promote', { units: ['main@1.1.0'], from: 'staging', buildings: ['main'] }, ['/from', '/buildings']],
    ['environments/production/promote', { from: 'staging', plan: { strategy: 'ab_test' } }, ['/plan/strategy']],
  ])('%s %j names every fault', async (path, body, faults) => {
    const { request } = await shop();
    const answer = await request('POST', `${APARTMENT}/${path}`, { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(answer.body.errors!.map((one) => one.path).toSorted()).toEqual(faults.toSorted());
  });

  it('a lock is told, stands in the way with 423, and can be ended', async () => {
    const { request, services } = await shop();
    const now = services.clock.now;
    await services.locks.take(PLACE, { id: 'x', holder: 'ci', purpose: 'the deploy of release 2.0.0', since: now, until: now + 1_000 });
    expect((await request('GET', `${ENVIRONMENT}/lock`)).body).toEqual({
      lock: { holder: 'ci', purpose: 'the deploy of release 2.0.0', since: now, until: now + 1_000 },
    });
    const refused = await request('PUT', `${ENVIRONMENT}/holdout`, { body: { percentage: 1 } });
    expect(refused).toMatchObject({ status: 423, body: { code: 'locked', detail: expect.stringContaining('ci holds shop/production') } });
    expect((await request('DELETE', `${ENVIRONMENT}/lock`)).status).toBe(204);
    expect((await request('DELETE', `${ENVIRONMENT}/lock`)).status).toBe(404);
    expect((await request('PUT', `${ENVIRONMENT}/holdout`, { body: { percentage: 1 } })).status).toBe(200);
  });
});

describe('a token for one environment', () => {
  it('sees where units run there, and no other environment', async () => {
    const { request, tokenFor } = await shop();
    const token = await tokenFor({ role: 'operator', apartment: 'shop', environment: 'production' });
    const { body } = await request('GET', `${APARTMENT}/where`, { token });
    expect(body.environments.map((one: { environment: string }) => one.environment)).toEqual(['production']);
    expect((await request('GET', `${APARTMENT}/resolve?ref=main@staging`, { token })).status).toBe(404);
    expect((await request('POST', `${ENVIRONMENT}/promote`, { token, body: { from: 'staging' } })).status).toBe(404);
    expect((await request('POST', `${ENVIRONMENT}/promote`, { token, body: { units: ['main@1.1.0'] } })).status).toBe(200);
    expect((await request('POST', `${APARTMENT}/environments/staging/promote`, { token, body: { units: ['main@1.0.0'] } })).status).toBe(
      403,
    );
  });
});

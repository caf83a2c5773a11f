import { describe, expect, it } from 'vitest';
import { ENVIRONMENT, type TestApi, testApiWithShop } from '../../support/api.ts';
import { PLACE, flagOf } from '../../support/fixtures.ts';

const FLAG = `${ENVIRONMENT}/flags/f`;
const KEY = { 'idempotency-key': 'k1' };
const flag = flagOf({ description: 'é' });
const { description, ...rest } = flag;
const OVERRIDE = `${ENVIRONMENT}/overrides/qa`;
const override = { visitors: ['ana'], units: ['main@1.1.0'] };

const put = (api: TestApi, body: unknown = flag, path = FLAG, headers: Record<string, string> = KEY) =>
  api.request('PUT', path, { body, headers });
const headOf = async ({ services }: TestApi) => (await services.revisions.head(PLACE))!.number;

describe('a request that is sent again under its Idempotency-Key', () => {
  it.each<[string, unknown]>([
    ['byte by byte', flag],
    ['with its fields in another order', { description, ...rest }],
    ['with other white space and escapes', JSON.stringify(flag, null, 4).replace('é', '\\u00e9')],
  ])('%s is answered with what it did', async (_, again) => {
    const api = await testApiWithShop();
    const first = await put(api);
    expect(first).toMatchObject({ status: 200, body: { revision: 5 } });
    await put(api, { ...flag, enabled: !flag.enabled }, FLAG, {});
    expect((await put(api, again)).body).toEqual(first.body);
    expect(await headOf(api)).toBe(6);
  });

  it('and has no body is answered too', async () => {
    const api = await testApiWithShop();
    await put(api, override, OVERRIDE, {});
    const remove = () => api.request('DELETE', OVERRIDE, { headers: KEY });
    const first = await remove();
    expect(first).toMatchObject({ status: 200, body: { revision: 6 } });
    expect((await remove()).body).toEqual(first.body);
  });
});

describe('another request under the same key is refused, and nothing is done', () => {
  it.each<[string, (api: TestApi) => ReturnType<TestApi['request']>, string]>([
    ['another body', (api) => put(api, { ...flag, enabled: !flag.enabled }), 'with another body'],
    ['another path', (api) => put(api, flag, `${ENVIRONMENT}/flags/g`), `This is PUT ${ENVIRONMENT}/flags/g`],
    ['another environment', (api) => put(api, flag, FLAG.replace('production', 'staging')), 'staging/flags/f'],
    ['a rollback', (api) => api.request('POST', `${ENVIRONMENT}/rollback`, { body: {}, headers: KEY }), `${ENVIRONMENT}/rollback`],
    [
      'a deploy',
      (api) => api.request('POST', `${ENVIRONMENT}/deploy`, { body: { release: '1.0.0' }, headers: KEY }),
      `${ENVIRONMENT}/deploy`,
    ],
  ])('%s', async (_, request, words) => {
    const api = await testApiWithShop();
    await api.request('POST', '/v1/apartments/shop/environments', { body: { environment: 'staging' } });
    await put(api);
    const answer = await request(api);
    expect(answer).toMatchObject({
      status: 422,
      body: {
        type: 'urn:concierge:problem:idempotency-key-reused',
        detail: expect.stringContaining(`PUT ${FLAG}`),
        errors: [{ path: 'Idempotency-Key', message: expect.any(String) }],
      },
    });
    expect(answer.body.detail).toContain('made revision 5 of shop/production');
    expect(answer.body.detail).toContain(words);
    expect(await headOf(api)).toBe(5);
    expect(api.unexpected).toEqual([]);
  });

  it('another method', async () => {
    const api = await testApiWithShop();
    await put(api, override, OVERRIDE);
    const answer = await api.request('DELETE', OVERRIDE, { headers: KEY });
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining(`This is DELETE ${OVERRIDE},`) } });
    expect(await headOf(api)).toBe(5);
  });

  it('at the same time: one of them is carried out, the others are refused', async () => {
    const api = await testApiWithShop();
    const answers = await Promise.all(Array.from({ length: 6 }, (_, percentage) => put(api, { ...flag, percentage })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 422, 422, 422, 422, 422]);
    expect(await headOf(api)).toBe(5);
  });
});

it("another token's key is another key", async () => {
  const api = await testApiWithShop();
  await put(api);
  const token = await api.tokenFor({ role: 'operator' });
  const answer = await api.request('PUT', FLAG, { body: { ...flag, enabled: !flag.enabled }, token, headers: KEY });
  expect(answer).toMatchObject({ status: 200, body: { revision: 6 } });
});

describe('a key that was recorded before digests were', () => {
  const before = async () => {
    const api = await testApiWithShop();
    await put(api);
    const { $client } = api.services.database;
    const old = `replace(key, ' ', ' PUT ${FLAG} ')`;
    const { changes } = $client.prepare(`update requests set key = ${old}, request = null, digest = null`).run();
    expect(changes).toBe(1);
    return api;
  };

  it('answers its request with what it did', async () => {
    const api = await before();
    expect(await put(api)).toMatchObject({ status: 200, body: { revision: 5 } });
    expect(await headOf(api)).toBe(5);
  });

  it('was of its method and path alone, so that others are carried out under it', async () => {
    const api = await before();
    expect(await put(api, flag, `${ENVIRONMENT}/flags/g`)).toMatchObject({ status: 200, body: { revision: 6 } });
  });
});

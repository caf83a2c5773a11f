import { describe, expect, it } from 'vitest';
import { TOKEN_ROLES, type TokenRole } from '#schemas/api.ts';
import { createApi } from '#engine/api/app.ts';
import { ENVIRONMENT, type TestApi, testApiWithShop } from '../../support/api.ts';

type Operation = { method: string; path: string };

/** Every operation that the OpenAPI document names, so that a new route cannot be forgotten here. */
const OPERATIONS: Operation[] = Object.entries(
  createApi({ services: {} as never, version: '', onError: () => undefined }).getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: '', version: '' },
  }).paths ?? {},
).flatMap(([path, item]) => Object.keys(item as object).map((method) => ({ method: method.toUpperCase(), path })));

const FILLED: Record<string, string> = {
  apartment: 'shop',
  environment: 'production',
  rollout: 'main-x',
  name: 'thing',
  number: '1',
  version: '1.0.0',
  id: '0123456789abcdef',
  host: 'pr-1.preview.shop.example',
};
const fill = (path: string): string => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => FILLED[name]!);

/** What each role may reach: the least that its work needs. */
const NEEDS: Record<string, TokenRole[]> = {
  'GET /v1/apartments/{apartment}/units': ['viewer', 'publisher', 'operator', 'admin'],
  'POST /v1/apartments/{apartment}/units': ['publisher', 'operator', 'admin'],
  'POST /v1/apartments/{apartment}/units/{name}/promote': ['publisher', 'operator', 'admin'],
  'DELETE /v1/apartments/{apartment}/units/{name}/{version}': ['publisher', 'operator', 'admin'],
  'POST /v1/apartments/{apartment}/releases': ['publisher', 'operator', 'admin'],
  'GET /v1/environments': ['viewer', 'publisher', 'operator', 'admin'],
  'POST /v1/environments': ['operator', 'admin'],
  'POST /v1/beacons': ['edge', 'admin'],
  'POST /v1/apartments/{apartment}/environments/{environment}/alerts': ['alerts', 'operator', 'admin'],
  'POST /v1/apartments/{apartment}/environments/{environment}/explain': ['viewer', 'publisher', 'operator', 'admin'],
  'GET /v1/stores': ['admin'],
  'PUT /v1/apartments/{apartment}/environments/{environment}/policy': ['admin'],
  'GET /v1/whoami': [...TOKEN_ROLES],
  'POST /v1/simulate': ['viewer', 'publisher', 'operator', 'admin'],
  'GET /v1/tokens': ['admin'],
  'POST /v1/tokens': ['admin'],
  'DELETE /v1/tokens/{id}': ['admin'],
};
const rolesFor = ({ method, path }: Operation): TokenRole[] =>
  NEEDS[`${method} ${path}`] ?? (method === 'GET' ? ['viewer', 'publisher', 'operator', 'admin'] : ['operator', 'admin']);

/** Valid enough to get past validation where the route checks rights in its handler. */
const BODIES: Record<string, unknown> = {
  '/v1/environments': { apartment: 'shop', environment: 'production' },
  '/v1/beacons': {
    apartment: 'shop',
    environment: 'production',
    events: [{ rollout: 'r', period: 0, arm: 'canary', visitor: 'v', kind: 'loaded', at: 1 }],
  },
};
/** It reads nothing of anybody's, so that whoever may read anything may ask. */
const BELONGS_TO_NOBODY = '/v1/simulate';

const bodyOf = ({ method, path }: Operation): unknown => (method === 'GET' || method === 'DELETE' ? undefined : (BODIES[path] ?? {}));

it('there are routes to check', () => expect(OPERATIONS.length).toBeGreaterThan(34));
/** What belongs to no apartment and tells nothing of any. */
const TELLS_NOTHING = new Set(['/v1/whoami']);

/** What the environments of an apartment share is for a token of any of them. */
const OF_ALL_ENVIRONMENTS = new Set(
  ['units', 'releases', 'releases/{version}', 'where', 'resolve'].map((path) => `GET /v1/apartments/{apartment}/${path}`),
);

describe.each(OPERATIONS)('$method $path', (operation) => {
  const ask = (api: TestApi, token: string | null) =>
    api.request(operation.method, fill(operation.path), { body: bodyOf(operation), token });

  it.each<[string, string | null]>([
    ['no token', null],
    ['an empty one', ''],
    ['garbage', 'garbage'],
    ['a well-formed stranger', `concierge_0123456789abcdef_${'A'.repeat(43)}`],
  ])('answers 401 to %s', async (_, token) => {
    expect(await ask(await testApiWithShop(), token)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it.each(TOKEN_ROLES)('lets %s in only if its work needs it', async (role) => {
    const api = await testApiWithShop();
    const { status } = await ask(api, await api.tokenFor({ role }));
    if (rolesFor(operation).includes(role)) expect(status).not.toBe(403);
    else expect(status).toBe(403);
  });

  it.skipIf(TELLS_NOTHING.has(operation.path))('refuses a token of another apartment', async () => {
    const api = await testApiWithShop();
    const { status, body } = await ask(api, await api.tokenFor({ role: 'admin', apartment: 'blog' }));
    if (operation.path === BELONGS_TO_NOBODY) expect(status).toBe(400);
    else if (operation.path === '/v1/environments' && operation.method === 'GET') expect(body).toEqual({ environments: [] });
    else expect(status).toBe(403);
  });

  it.skipIf(TELLS_NOTHING.has(operation.path))('refuses a token of another environment', async () => {
    const api = await testApiWithShop();
    const { status, body } = await ask(api, await api.tokenFor({ role: 'admin', environment: 'staging' }));
    if (operation.path === BELONGS_TO_NOBODY) expect(status).toBe(400);
    else if (operation.path === '/v1/environments' && operation.method === 'GET') expect(body).toEqual({ environments: [] });
    else if (operation.path.includes('/units') && operation.method === 'GET') expect(status).not.toBe(403);
    else if (OF_ALL_ENVIRONMENTS.has(`${operation.method} ${operation.path}`)) expect(status).not.toBe(403);
    else expect(status).toBe(403);
  });
});

describe('scopes', () => {
  it('a token for one environment reaches that one only', async () => {
    const api = await testApiWithShop();
    await api.request('POST', '/v1/environments', { body: { apartment: 'shop', environment: 'staging' } });
    const token = await api.tokenFor({ role: 'operator', apartment: 'shop', environment: 'staging' });
    expect((await api.request('GET', '/v1/apartments/shop/environments/staging', { token })).status).toBe(200);
    expect((await api.request('GET', ENVIRONMENT, { token })).status).toBe(403);
    expect((await api.request('POST', `${ENVIRONMENT}/rollback`, { token, body: {} })).status).toBe(403);
    expect((await api.request('GET', '/v1/environments', { token })).body.environments).toMatchObject([{ environment: 'staging' }]);
  });

  it('a revoked token is refused at once', async () => {
    const api = await testApiWithShop();
    const { body } = await api.request('POST', '/v1/tokens', { body: { name: 'ci', scope: { role: 'viewer' } } });
    expect((await api.request('GET', ENVIRONMENT, { token: body.token })).status).toBe(200);
    expect((await api.request('DELETE', `/v1/tokens/${body.id}`)).status).toBe(204);
    expect((await api.request('GET', ENVIRONMENT, { token: body.token })).status).toBe(401);
    expect((await api.request('DELETE', `/v1/tokens/${body.id}`)).status).toBe(404);
  });

  it('the secret is stored nowhere and listed nowhere', async () => {
    const api = await testApiWithShop();
    const { body } = await api.request('POST', '/v1/tokens', { body: { name: 'ci', scope: { role: 'viewer' } } });
    const secret = (body.token as string).split('_').slice(2).join('_');
    expect(JSON.stringify((await api.request('GET', '/v1/tokens')).body)).not.toContain(secret);
    expect(api.services.database.$client.serialize().includes(secret)).toBe(false);
  });
});

it('a token makes no token that may do more than it may itself', async () => {
  const api = await testApiWithShop();
  const token = await api.tokenFor({ role: 'admin', environment: 'staging' });
  const body = { name: 'wider', scope: { role: 'admin', apartment: '*', environment: '*' } };
  expect((await api.request('POST', '/v1/tokens', { token, body })).status).toBe(403);
});

describe('a session cookie', () => {
  it.each<[string, Record<string, string>, number]>([
    ['from a page of this origin', { 'sec-fetch-site': 'same-origin' }, 200],
    ['from a page of another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['from another port of the same site', { 'sec-fetch-site': 'same-site' }, 403],
    ['typed into the address bar', { 'sec-fetch-site': 'none' }, 403],
    ['with a foreign Origin', { origin: 'https://evil.example' }, 403],
    ['with our Origin, from a browser that says no more', { origin: 'http://localhost' }, 200],
    ['with neither', {}, 403],
  ])('%s', async (_, headers, status) => {
    const api = await testApiWithShop();
    const token = await api.tokenFor({ role: 'admin' });
    const answer = await api.request('GET', `http://localhost${ENVIRONMENT}`, {
      token: null,
      headers: { cookie: `concierge_session=${token}`, ...headers },
    });
    expect(answer.status).toBe(status);
  });
});

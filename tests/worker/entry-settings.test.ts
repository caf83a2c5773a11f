import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { freshEntry } from './fresh-entry.ts';
import { sign } from './sign.ts';
import type { Health } from './support.ts';

/** The real entry, deployed with settings that somebody got wrong. */

const stored = await sign(snapshotOf([], { revision: 7 }));
const moving = await sign(snapshotOf([snapshotRollout({ percentage: 100 })], { apartment: 'moving', revision: 7 }));
const baked = await sign(snapshotOf([], { apartment: 'baked', revision: 3 }));

beforeAll(async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(Response.json({}))); // the engine
  for (const [apartment, signed] of Object.entries({ shop: stored, moving }))
    await env.SNAPSHOTS.get(env.SNAPSHOTS.idFromName(`production/${apartment}`)).write(7, signed);
});

const healthOf = async (ask: (path: string) => Promise<Response>): Promise<Health> => (await ask('/health')).json<Health>();

describe('settings that are right', () => {
  it('have no fault', async () => {
    const ask = freshEntry({ BAKED_SNAPSHOTS: JSON.stringify([baked]) });
    expect((await healthOf(ask)).setting_faults).toEqual([]);
    expect(await (await ask('/manifest?apartment=baked')).json()).toMatchObject({ version: 3 });
  });
});

describe('BAKED_SNAPSHOTS', () => {
  it.each([
    { name: 'no JSON', value: '[{', served: 404 },
    { name: 'an object', value: JSON.stringify(baked), served: 404 },
    { name: 'null', value: 'null', served: 404 },
    { name: 'an array with rubbish beside a good one', value: JSON.stringify([null, 'x', { payload: 1 }, baked]), served: 200 },
    { name: 'an array of another shape only', value: '[{"revision":3}]', served: 404 },
    { name: 'an array that wrangler parsed, with rubbish', value: [7, baked], served: 200 },
  ])('that is $name costs no request: what is stored is served, and /health says so', async ({ value, served }) => {
    const ask = freshEntry({ BAKED_SNAPSHOTS: value });
    expect((await ask('/manifest')).status).toBe(200);
    expect((await ask('/manifest?apartment=baked')).status).toBe(served);
    const faults = (await healthOf(ask)).setting_faults;
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault).toMatch(/^BAKED_SNAPSHOTS: /);
  });
});

describe('a setting that is missing or wrong', () => {
  it.each([
    { name: 'EDGE_SECRETS', value: undefined, status: 200 },
    { name: 'EDGE_SECRETS', value: ' , ', status: 200 },
    { name: 'EDGE_SECRETS', value: ['a', 'b'], status: 200 },
    { name: 'SNAPSHOT_KEYS', value: undefined, status: 404 },
    { name: 'SNAPSHOT_KEYS', value: 'only-an-id', status: 404 },
    { name: 'SNAPSHOT_KEYS', value: `${stored.key_id}:AAAA`, status: 404 },
    { name: 'ENVIRONMENT', value: undefined, status: 404 },
    { name: 'BASE_PATH', value: '/con cierge', status: 200 },
    { name: 'BASE_PATH', value: '/:path', status: 200 },
    { name: 'DEFAULT_APARTMENT', value: 'My Shop', status: 400 },
    { name: 'ALLOWED_ORIGINS', value: 'https://shop.example/', status: 200 },
    { name: 'ALLOWED_ORIGINS', value: 'https://*shop.example', status: 200 },
    { name: 'ALLOWED_ORIGINS', value: 'https://*', status: 200 },
    { name: 'ALLOWED_ORIGINS', value: 7, status: 200 },
    { name: 'ENGINE_URL', value: undefined, status: 200 },
    { name: 'ENGINE_URL', value: 'engine.example', status: 200 },
    { name: 'ENGINE_TOKEN', value: undefined, status: 200 },
  ])('$name = $value: /manifest answers $status, and /health names it', async ({ name, value, status }) => {
    const ask = freshEntry({ [name]: value });
    for (let time = 0; time < 2; time++) expect((await ask('/manifest')).status).toBe(status);
    const { setting_faults: faults } = await healthOf(ask);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault.startsWith(`${name}: `)).toBe(true);
  });

  it('such as the binding of the store leaves what was baked', async () => {
    const ask = freshEntry({ SNAPSHOTS: undefined, BAKED_SNAPSHOTS: JSON.stringify([baked]) });
    expect((await ask('/manifest?apartment=baked')).status).toBe(200);
    expect((await healthOf(ask)).snapshots.last_error).toMatch(/^store: /);
  });

  it('such as a key that is none makes a snapshot of that key 401, not 5xx', async () => {
    const ask = freshEntry({ SNAPSHOT_KEYS: `${stored.key_id}:AAAA` });
    expect((await ask('/snapshots/shop', { method: 'PUT', body: JSON.stringify(stored) })).status).toBe(401);
  });
});

describe('an edge without secrets', () => {
  it('gives everybody the active units, no ticket and no cookie, and takes no beacon', async () => {
    const ask = freshEntry({ EDGE_SECRETS: '' });
    const response = await ask('/manifest?apartment=moving');
    expect([response.headers.get('set-cookie'), response.headers.get('concierge-ticket')]).toEqual([null, null]);
    expect(await response.json()).toMatchObject({
      version: 7,
      apartments: { moving: { buildings: { main: { active_unit: 'main@1.0.0' } } } },
    });
    const beacon = { ticket: 'x.AAAA', events: [{ kind: 'loaded', building: 'main' }] };
    expect((await ask('/beacons', { method: 'POST', body: JSON.stringify(beacon) })).status).toBe(401);
  });
});

describe('BASE_PATH', () => {
  const pushed = (revision: number) => sign(snapshotOf([snapshotRollout({ percentage: 100 })], { apartment: 'mounted', revision }));
  const origin = 'https://shop.example';

  it.each(['/concierge', '/concierge/', 'concierge', '/a/b.c'])('%s is where everything is, and nothing else is', async (value) => {
    const base = `/${value.replaceAll(/^\/|\/$/g, '')}`;
    const ask = freshEntry({ BASE_PATH: value });
    expect((await healthOf((path) => ask(`${base}${path}`))).setting_faults).toEqual([]);
    const put = { method: 'PUT', body: JSON.stringify(await pushed(4)) };
    expect((await ask(`${base}/snapshots/mounted`, put)).status).toBe(200);
    const manifest = await ask(`${base}/manifest?apartment=mounted`, { headers: { origin } });
    expect(await manifest.json()).toMatchObject({ version: 4 });
    expect(manifest.headers.get('access-control-allow-origin')).toBe(origin);
    const beacon = { ticket: manifest.headers.get('concierge-ticket'), events: [{ kind: 'loaded', building: 'main' }] };
    expect((await ask(`${base}/beacons`, { method: 'POST', body: JSON.stringify(beacon) })).status).toBe(202);
    expect((await ask(`${base}/beacons`)).status).toBe(405);
    for (const path of ['/manifest', '/health', `${base}x/manifest`, `${base}${base}/manifest`, base, `${base}/`]) {
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
    }
    expect((await ask('/snapshots/mounted', put)).status).toBe(404);
    expect((await ask('/beacons', { method: 'POST', body: JSON.stringify(beacon) })).status).toBe(404);
  });

  it.each([
    { base: '/concierge', path: '/concierge' },
    { base: undefined, path: '/' },
  ])('of $base: the cookie goes to $path, and brings its visitor back', async ({ base, path }) => {
    const ask = freshEntry({ BASE_PATH: base });
    const first = await ask(`${base ?? ''}/manifest`);
    const cookie = first.headers.get('set-cookie')!;
    expect(cookie.split('; ')).toContain(`Path=${path}`);
    const again = await ask(`${base ?? ''}/manifest`, { headers: { cookie: cookie.split(';')[0]! } });
    expect(again.headers.get('set-cookie')).toBeNull();
  });
});

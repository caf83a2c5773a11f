import { evictDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { SignedSnapshot } from '#schemas/snapshot.ts';
import { snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { sign } from './sign.ts';
import { ORIGIN } from './support.ts';

/** The real entry with its real bindings. Each test has an apartment of its own: the isolate remembers them. */

type Init = RequestInit<RequestInitCfProperties>;
const fetchEdge = (path: string, init?: Init): Promise<Response> => exports.default.fetch(new URL(path, ORIGIN).href, init);
const push = (signed: SignedSnapshot, apartment: string): Promise<Response> =>
  fetchEdge(`/snapshots/${apartment}`, { method: 'PUT', body: JSON.stringify(signed) });
const objectOf = (apartment: string) => env.SNAPSHOTS.get(env.SNAPSHOTS.idFromName(`production/${apartment}`));
const fromKorea = { user_segments: [], geo_regions: ['KR'], feature_flags: [], custom_rules: [] };
const fromCountry = (country: string): Init => ({ cf: { country } as RequestInitCfProperties });

beforeAll(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(Response.json({}))); // the engine
});

describe('the edge on its platform', () => {
  it('takes a snapshot, keeps it in the durable object and serves it', async () => {
    const signed = await sign(snapshotOf([], { revision: 3 }));
    expect((await fetchEdge('/manifest')).status).toBe(404);
    const put = await push(signed, 'shop');
    expect([put.status, await put.json()]).toEqual([200, { revision: 3 }]);
    const response = await fetchEdge('/manifest');
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toMatch(/^concierge_visitor=[0-9a-f-]{36}\..*; HttpOnly; SameSite=Lax; Secure$/);
    expect(await response.json()).toMatchObject({ version: 3, global: { environment: 'production' } });
    expect(await objectOf('shop').read(0)).toEqual(signed);
    expect(await objectOf('shop').read(3)).toBeNull();
  });

  it('refuses a lower revision and keeps the newer one', async () => {
    const [five, four] = await Promise.all([5, 4].map((revision) => sign(snapshotOf([], { apartment: 'lower', revision }))));
    expect((await push(five!, 'lower')).status).toBe(200);
    expect((await push(four!, 'lower')).status).toBe(409);
    expect((await push(five!, 'lower')).status).toBe(200);
    expect(await (await fetchEdge('/manifest?apartment=lower')).json()).toMatchObject({ version: 5 });
    expect(await objectOf('lower').read(0)).toEqual(five);
  });

  it('keeps nothing of a snapshot with another signature', async () => {
    const [mine, other] = await Promise.all([1, 2].map((revision) => sign(snapshotOf([], { apartment: 'forged', revision }))));
    expect((await push({ ...mine!, signature: other!.signature }, 'forged')).status).toBe(401);
    expect(await objectOf('forged').read(0)).toBeNull();
  });

  it('serves what the durable object has though this isolate never saw it', async () => {
    await objectOf('elsewhere').write(6, await sign(snapshotOf([], { apartment: 'elsewhere', revision: 6 })));
    expect(await (await fetchEdge('/manifest?apartment=elsewhere')).json()).toMatchObject({ version: 6 });
  });

  it('knows the country from the platform and from no header', async () => {
    await push(await sign(snapshotOf([snapshotRollout({ percentage: 100, criteria: fromKorea })], { apartment: 'abroad' })), 'abroad');
    const unitFor = async (init: Init): Promise<unknown> => {
      const manifest = await (
        await fetchEdge('/manifest?apartment=abroad', init)
      ).json<{ apartments: Record<string, { buildings: Record<string, { active_unit: string }> }> }>();
      return manifest.apartments['abroad']!.buildings['main']!.active_unit;
    };
    expect(await unitFor(fromCountry('KR'))).toBe('main@1.1.0');
    expect(await unitFor(fromCountry('US'))).toBe('main@1.0.0');
    expect(await unitFor({ ...fromCountry('US'), headers: { 'cf-ipcountry': 'KR' } })).toBe('main@1.0.0');
    expect(await unitFor({ headers: { 'cf-ipcountry': 'KR' } })).toBe('main@1.0.0');
  });

  it.each([
    { origin: 'https://shop.example', allowed: true },
    { origin: 'https://admin.example', allowed: true },
    { origin: 'https://evil.example', allowed: false },
  ])('lets a page of $origin read: $allowed', async ({ origin, allowed }) => {
    const response = await fetchEdge('/health', { headers: { origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe(allowed ? origin : null);
  });
});

describe('the durable object', () => {
  const textOf = (payload: string): SignedSnapshot => ({ payload, key_id: 'any', signature: 'any' });

  it('ends with the highest revision, in whatever order they come at once', async () => {
    const object = objectOf('crowd');
    const revisions = Array.from({ length: 40 }, (_, index) => ((index * 17) % 40) + 1);
    const outcomes = await Promise.all(revisions.map((revision) => object.write(revision, textOf(`revision ${revision}`))));
    expect((await object.read(0))!.payload).toBe('revision 40');
    outcomes.forEach(({ outcome, revision }, index) => {
      expect(outcome).toBe(revisions[index]! < Math.max(0, ...revisions.slice(0, index)) ? 'stale' : 'stored');
      expect(revision).toBe(Math.max(...revisions.slice(0, index + 1)));
    });
  });

  it('takes one of many different snapshots of the same revision', async () => {
    const object = objectOf('twins');
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => object.write(1, textOf(`twin ${index}`))));
    expect(outcomes.filter(({ outcome }) => outcome === 'stored')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'stale')).toHaveLength(19);
    const kept = (await object.read(0))!;
    expect(await object.write(1, kept)).toEqual({ outcome: 'same', revision: 1 });
  });

  it('remembers after it was put to sleep', async () => {
    const object = objectOf('sleeper');
    await object.write(2, textOf('two'));
    await evictDurableObject(object);
    expect((await objectOf('sleeper').write(1, textOf('one'))).outcome).toBe('stale');
    expect((await objectOf('sleeper').read(0))!.payload).toBe('two');
  });

  it('keeps environments apart', async () => {
    const staging = env.SNAPSHOTS.get(env.SNAPSHOTS.idFromName('staging/apart'));
    await staging.write(9, textOf('staging'));
    expect(await objectOf('apart').read(0)).toBeNull();
  });
});

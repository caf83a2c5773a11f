import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApartmentManifest } from '#schemas/manifest.ts';
import { canary, flagOf, snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { sign } from './sign.ts';
import { problemOf, testEdge } from './support.ts';

const only = (geo_regions: string[]) => ({ user_segments: [], geo_regions, feature_flags: [], custom_rules: [] });
const stable = await sign(snapshotOf());
const half = await sign(snapshotOf([snapshotRollout({ percentage: 50 })]));
const koreans = await sign(snapshotOf([snapshotRollout({ percentage: 100, criteria: only(['KR']) })]));

async function manifestOf(response: Response): Promise<ApartmentManifest> {
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  return ApartmentManifest.parse(await response.json());
}

const unitsOf = (manifest: ApartmentManifest): Record<string, string> =>
  Object.fromEntries(Object.entries(manifest.apartments['shop']!.buildings).map(([name, { active_unit }]) => [name, active_unit]));

describe('the manifest', () => {
  it('names the active units of every building, and the revision they are of', async () => {
    const manifest = await manifestOf(await testEdge({ snapshot: stable }).request('/manifest?apartment=shop'));
    expect(manifest).toMatchObject({ version: 7, global: { environment: 'production' } });
    expect(unitsOf(manifest)).toEqual({ header: 'header@1.0.0', main: 'main@1.0.0', sidebar: 'sidebar@1.0.0' });
  });

  it('may be kept by nobody but the browser', async () => {
    const { headers } = await testEdge({ snapshot: half }).request('/manifest');
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    { percentage: 0, unit: 'main@1.0.0', arm: 'control' },
    { percentage: 100, unit: 'main@1.1.0', arm: 'canary' },
  ])('at $percentage % gives $unit, and says that a rollout decided', async ({ percentage, unit, arm }) => {
    const edge = testEdge({ snapshot: await sign(snapshotOf([snapshotRollout({ percentage, step: 2 })])) });
    const manifest = await manifestOf(await edge.request('/manifest'));
    expect(manifest.apartments['shop']!.buildings['main']).toMatchObject({
      active_unit: unit,
      routing: { rollout: 'main-1', arm, step: 2 },
    });
    expect(manifest.apartments['shop']!.buildings['header']!.routing).toEqual({});
  });

  it('holds the units of this visitor and nothing of other arms, criteria, segments or flags', async () => {
    const named = { key: { $in: Array.from({ length: 40 }, (_, index) => `visitor-${index}`) } };
    const criteria = { user_segments: ['whispered'], geo_regions: ['KR'], feature_flags: ['hidden'], custom_rules: [named] };
    const rollouts = [
      snapshotRollout({ percentage: 50, criteria }),
      snapshotRollout({ id: 'chrome', salt: 'salt-2', percentage: 30, arms: canary({ header: 'header@2.0.0', sidebar: 'sidebar@2.0.0' }) }),
    ];
    const segments = { whispered: { description: 'quiet', condition: { country: 'KR' } } };
    const flags = { hidden: flagOf({ description: 'dark' }) };
    const edge = testEdge({ snapshot: await sign(snapshotOf(rollouts, { segments, flags })) });
    const seen = new Set<string>();
    for (let index = 0; index < 100; index++) {
      const response = await edge.visitor('KR').manifest();
      const text = await response.clone().text();
      const manifest = await manifestOf(response);
      const active = Object.values(unitsOf(manifest));
      for (const { active_unit, units } of Object.values(manifest.apartments['shop']!.buildings))
        expect(Object.keys(units)).toEqual([active_unit]);
      expect(new Set(text.match(/[a-z]+@\d+\.\d+\.\d+/g))).toEqual(new Set(active));
      expect(text).not.toMatch(/criteria|whispered|hidden|quiet|dark|salt|segments|flags|visitor-|\$in/);
      seen.add(active.join());
    }
    expect(seen.size).toBe(4);
  });

  it('moves the buildings of a release set together', async () => {
    const set = snapshotRollout({ percentage: 50, arms: canary({ header: 'header@2.0.0', main: 'main@2.0.0', sidebar: 'sidebar@2.0.0' }) });
    const edge = testEdge({ snapshot: await sign(snapshotOf([set])) });
    const seen = new Set<string>();
    for (let index = 0; index < 60; index++) {
      const versions = Object.values(unitsOf(await manifestOf(await edge.request('/manifest')))).map((id) => id.split('@')[1]!);
      expect(new Set(versions).size).toBe(1);
      seen.add(versions[0]!);
    }
    expect(seen.size).toBe(2);
  });
});

describe('criteria of country', () => {
  it.each([
    { country: 'KR', unit: 'main@1.1.0', ticket: true },
    { country: 'US', unit: 'main@1.0.0', ticket: false },
    { country: undefined, unit: 'main@1.0.0', ticket: false },
    { country: 'kr', unit: 'main@1.0.0', ticket: false },
  ])('from $country, as the platform says: $unit', async ({ country, unit, ticket }) => {
    const visitor = testEdge({ snapshot: koreans }).visitor(country);
    expect(unitsOf(await manifestOf(await visitor.manifest()))['main']).toBe(unit);
    expect(visitor.ticket !== null).toBe(ticket);
  });
});

describe('the ticket', () => {
  it('is given to both arms of a rollout', async () => {
    const edge = testEdge({ snapshot: half });
    const units = new Set<string>();
    for (let index = 0; index < 30; index++) {
      const visitor = edge.visitor();
      units.add(unitsOf(await manifestOf(await visitor.manifest()))['main']!);
      expect(visitor.ticket).toMatch(/^[\w-]+\.[\w-]{43}$/);
    }
    expect(units.size).toBe(2);
  });

  it('is not given where no rollout is', async () => {
    const visitor = testEdge({ snapshot: stable }).visitor();
    await visitor.manifest();
    expect(visitor.ticket).toBeNull();
  });

  it('does not tell the key of the visitor', async () => {
    const visitor = testEdge({ snapshot: half }).visitor();
    await visitor.manifest();
    expect(atob(visitor.ticket!.split('.')[0]!.replaceAll('-', '+').replaceAll('_', '/'))).not.toContain('visitor-1');
  });
});

describe('an apartment', () => {
  it.each([
    { name: 'that nobody published', query: '?apartment=barn', status: 404, code: 'not-found' },
    { name: 'of a bad name', query: '?apartment=Shop!', status: 400, code: 'invalid-request' },
    { name: 'of an empty name', query: '?apartment=', status: 400, code: 'invalid-request' },
    { name: 'named as a prototype member', query: '?apartment=constructor', status: 400, code: 'invalid-request' },
    { name: 'named __proto__', query: '?apartment=__proto__', status: 400, code: 'invalid-request' },
    { name: 'of a name too long', query: `?apartment=${'a'.repeat(64)}`, status: 400, code: 'invalid-request' },
  ])('$name is $status', async ({ query, status, code }) => {
    const response = await testEdge({ snapshot: stable }).request(`/manifest${query}`);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await problemOf(response)).toMatchObject({ status, code });
  });

  it('that is not named is the default, or 400 where there is none', async () => {
    expect((await testEdge({ snapshot: stable }).request('/manifest')).status).toBe(200);
    const response = await testEdge({ snapshot: stable, defaultApartment: undefined }).request('/manifest');
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toEqual([{ path: 'apartment', message: expect.any(String) }]);
  });

  it('of any name never makes a 5xx', async () => {
    const edge = testEdge({ snapshot: stable });
    const name = fc.oneof(fc.string({ maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 80 }));
    await fc.assert(
      fc.asyncProperty(name, async (apartment) => {
        const { status } = await edge.request(`/manifest?apartment=${encodeURIComponent(apartment.toWellFormed())}`);
        expect([200, 400, 404]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });
});

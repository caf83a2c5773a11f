import { describe, expect, it } from 'vitest';
import type { ApartmentManifest } from '#schemas/manifest.ts';
import { canary, snapshotOf, snapshotRollout, unitOf } from '../support/fixtures.ts';
import { sign } from './sign.ts';
import { type TestEdge, loaded, problemOf, testEdge } from './support.ts';

const PREVIEW = 'pr-12.preview.shop.example';
const OTHER = 'pr-13.preview.shop.example';
const base = snapshotOf([
  snapshotRollout({ percentage: 50 }),
  snapshotRollout({ id: 'header-1', salt: 'other', percentage: 100, sticky: true, arms: canary({ header: 'header@1.1.0' }) }),
]);
const routed = await sign({
  ...base,
  units: { ...base.units, 'main@3.0.0': unitOf('main@3.0.0'), 'main@4.0.0': unitOf('main@4.0.0') },
  host_routes: {
    [PREVIEW]: { description: '', units: { main: 'main@3.0.0' } },
    [OTHER]: { description: '', units: { main: 'main@4.0.0' } },
  },
});

const BELOW = 'https://*.preview.shop.example';
const edgeWith = (more: Parameters<typeof testEdge>[0] = {}): TestEdge => testEdge({ snapshot: routed, ...more });
const unitsIn = async (response: Response): Promise<Record<string, string>> => {
  const { apartments } = await response.json<ApartmentManifest>();
  return Object.fromEntries(Object.entries(apartments.shop!.buildings).map(([name, { active_unit: unit }]) => [name, unit]));
};
const mainAt = async (edge: TestEdge, url: string, headers: Record<string, string> = {}): Promise<string> =>
  (await unitsIn(await edge.request(url, { headers }))).main!;

describe('the host that is asked', () => {
  it.each([
    `https://${PREVIEW}/manifest`,
    `https://${PREVIEW}:8443/manifest`,
    `https://${PREVIEW}./manifest`,
    `https://${PREVIEW.toUpperCase()}/manifest`,
    `http://${PREVIEW}/manifest?apartment=shop`,
  ])('shows its preview to everybody: %s', async (url) => {
    const edge = edgeWith();
    for (let visitor = 0; visitor < 20; visitor++) expect(await mainAt(edge, url)).toBe('main@3.0.0');
  });

  it('shows it below a path too, and all else is as everywhere', async () => {
    const edge = edgeWith({ basePath: '/concierge' });
    const there = await edge.request(`https://${PREVIEW}/concierge/manifest`);
    expect(await unitsIn(there)).toEqual({ header: 'header@1.1.0', main: 'main@3.0.0', sidebar: 'sidebar@1.0.0' });
  });

  it.each(['https://shop.example', 'https://preview.shop.example', `https://x.${PREVIEW}`, 'https://127.0.0.1', 'https://[::1]'])(
    'that has no route shows what is live: %s',
    async (origin) => expect(['main@1.0.0', 'main@1.1.0']).toContain(await mainAt(edgeWith(), `${origin}/manifest`)),
  );

  it.each(['x-forwarded-host', 'forwarded', 'x-host', 'x-original-host', 'x-concierge-host', 'referer'])(
    'is nothing that %s says',
    async (header) => {
      const value = header === 'forwarded' ? `host=${PREVIEW}` : header === 'referer' ? `https://${PREVIEW}/` : PREVIEW;
      expect(await mainAt(edgeWith(), '/manifest', { [header]: value })).not.toBe('main@3.0.0');
      expect(await mainAt(edgeWith(), `https://${OTHER}/manifest`, { [header]: value })).toBe('main@4.0.0');
    },
  );
});

describe('a page of another origin, which asks an edge on a host of its own', () => {
  it('sees the preview of its host, if such pages may ask', async () => {
    const edge = edgeWith({ allowedOrigins: [BELOW, 'https://shop.example'] });
    const response = await edge.request('/manifest', { headers: { origin: `https://${PREVIEW}` } });
    expect(response.headers.get('access-control-allow-origin')).toBe(`https://${PREVIEW}`);
    expect(response.headers.get('vary')).toContain('Origin');
    expect((await unitsIn(response)).main).toBe('main@3.0.0');
    expect(await mainAt(edge, '/manifest', { origin: 'https://shop.example' })).not.toBe('main@3.0.0');
    expect(await mainAt(edge, `https://${OTHER}/manifest`, { origin: `https://${PREVIEW}` })).toBe('main@4.0.0');
  });

  it('sees what is live, and cannot read it, if they may not', async () => {
    const response = await edgeWith().request('/manifest', { headers: { origin: `https://${PREVIEW}` } });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect((await unitsIn(response)).main).not.toBe('main@3.0.0');
  });

  it.each<[string, boolean]>([
    [`https://${PREVIEW}`, true],
    ['https://a.b.preview.shop.example', true],
    ['https://preview.shop.example', false],
    ['https://.preview.shop.example', false],
    [`http://${PREVIEW}`, false],
    [`https://${PREVIEW}:8443`, false],
    ['https://evil.example/.preview.shop.example', false],
    ['https://evil.example#.preview.shop.example', false],
    ['https://ana@pr-12.preview.shop.example', false],
    ['https://pr-12.preview.shop.example.evil.example', false],
    [BELOW, false],
    ['null', false],
  ])('of %s may ask where all below preview.shop.example may: %s', async (origin, isAllowed) => {
    const response = await edgeWith({ allowedOrigins: [BELOW] }).request('/health', { headers: { origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe(isAllowed ? origin : null);
  });
});

describe('who looks at a preview', () => {
  it('counts for no rollout, and is given nothing to keep', async () => {
    const edge = edgeWith();
    const visitor = edge.visitor();
    for (let visit = 0; visit < 3; visit++) {
      const response = await visitor.manifest({}, 'GET', `https://${PREVIEW}/manifest`);
      expect(response.headers.get('concierge-ticket')).toBeNull();
      expect(response.headers.get('set-cookie') ?? '').not.toContain('concierge_arms');
    }
    await edge.flush();
    expect(edge.engine.events()).toEqual([]);
    expect((await problemOf(await visitor.report(loaded('main')))).status).toBe(400);
  });

  it('counts elsewhere as ever, and what they were to keep is kept', async () => {
    const edge = edgeWith();
    const visitor = edge.visitor();
    await visitor.manifest({}, 'GET', `https://${PREVIEW}/manifest`);
    await visitor.manifest();
    await edge.flush();
    expect(edge.engine.exposures()).toHaveLength(2);
  });

  it('sees it though the edge has no secret to tell visitors apart', async () => {
    const edge = edgeWith({ secrets: [] });
    expect(await mainAt(edge, `https://${PREVIEW}/manifest`)).toBe('main@3.0.0');
    expect(await mainAt(edge, '/manifest')).toBe('main@1.0.0');
  });
});

it('what was kept of one host is never taken for the answer of another', async () => {
  const edge = edgeWith({ allowedOrigins: [BELOW] });
  const visitor = edge.visitor();
  await visitor.manifest();
  const asked: [string, Record<string, string>][] = [
    ['https://shop.example/manifest', {}],
    [`https://${PREVIEW}/manifest`, {}],
    [`https://${OTHER}/manifest`, {}],
    ['/manifest', { origin: `https://${PREVIEW}` }],
    ['/manifest', { origin: `https://${OTHER}` }],
  ];
  const first = await Promise.all(asked.map(([url, headers]) => visitor.manifest(headers, 'GET', url)));
  const kept = await Promise.all(first.map(async (one) => ({ etag: one.headers.get('etag')!, body: await one.text() })));
  for (const { headers } of first) expect(headers.get('cache-control')).toBe('private, no-cache');
  for (const [url, headers] of asked) {
    for (const { etag, body } of kept) {
      const response = await visitor.manifest({ ...headers, 'if-none-match': etag }, 'GET', url);
      const now = await (await visitor.manifest(headers, 'GET', url)).text();
      expect(response.status).toBe(body === now ? 304 : 200);
    }
  }
  expect(new Set(kept.map(({ body }) => body)).size).toBe(3);
});

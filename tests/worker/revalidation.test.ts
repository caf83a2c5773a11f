import { describe, expect, it } from 'vitest';
import { snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { sign } from './sign.ts';
import { FRIEND, loaded, problemOf, testEdge } from './support.ts';

const half = await sign(snapshotOf([snapshotRollout({ percentage: 50 })]));

describe('a visitor who has the manifest', () => {
  const conditions: { name: string; header: (etag: string) => string; status: number }[] = [
    { name: 'the tag', header: (etag) => etag, status: 304 },
    { name: 'the tag, weak', header: (etag) => `W/${etag}`, status: 304 },
    { name: 'a list with the tag', header: (etag) => `"other", ${etag}`, status: 304 },
    { name: 'a list with the tag, without spaces', header: (etag) => `"other",W/${etag},"third"`, status: 304 },
    { name: 'any tag', header: () => '*', status: 304 },
    { name: 'any tag, with spaces', header: () => ' * ', status: 304 },
    { name: 'another tag', header: () => '"other"', status: 200 },
    { name: 'another tag, weak', header: () => 'W/"other"', status: 200 },
    { name: 'the tag without quotes', header: (etag) => etag.replaceAll('"', ''), status: 200 },
    { name: 'a part of the tag', header: (etag) => `${etag.slice(0, -2)}"`, status: 200 },
    { name: 'a quoted star', header: () => '"*"', status: 200 },
    { name: 'nothing', header: () => '', status: 200 },
  ];

  it.each(conditions)('sends $name and gets $status', async ({ header, status }) => {
    const visitor = testEdge({ snapshot: half }).visitor();
    const first = await visitor.manifest();
    const again = await visitor.manifest({ 'if-none-match': header(first.headers.get('etag')!) });
    expect(again.status).toBe(status);
    expect(await again.text()).toBe(status === 304 ? '' : await first.text());
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(again.headers.get('cache-control')).toBe('private, no-cache');
    expect(visitor.ticket).not.toBeNull();
  });

  it('gets a ticket with the 304 that counts', async () => {
    const visitor = testEdge({ snapshot: half }).visitor();
    const first = await visitor.manifest();
    await visitor.manifest({ 'if-none-match': first.headers.get('etag')! });
    expect((await visitor.report(loaded())).status).toBe(202);
  });

  it('gets the new one when the revision changes', async () => {
    const edge = testEdge({ snapshot: half });
    const visitor = edge.visitor();
    const first = await visitor.manifest();
    await edge.put(await sign(snapshotOf([snapshotRollout({ percentage: 50 })], { revision: 8 })));
    const again = await visitor.manifest({ 'if-none-match': first.headers.get('etag')! });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ version: 8 });
  });

  it('never shares a tag with a visitor who gets other units', async () => {
    const edge = testEdge({ snapshot: half });
    const bodies = new Map<string, Set<string>>();
    for (let index = 0; index < 40; index++) {
      const response = await edge.request('/manifest');
      const etag = response.headers.get('etag')!;
      bodies.set(etag, (bodies.get(etag) ?? new Set()).add(await response.text()));
    }
    expect([...bodies.values()].map(({ size }) => size)).toEqual([1, 1]);
  });
});

describe('HEAD', () => {
  it.each<{ name: string; headers: Record<string, string>; status: number }>([
    { name: 'at first', headers: {}, status: 200 },
    { name: 'for what is there already', headers: { 'if-none-match': '*' }, status: 304 },
  ])('$name has the headers of GET but for the ticket, and no body', async ({ headers, status }) => {
    const visitor = testEdge({ snapshot: half }).visitor();
    await visitor.manifest();
    const get = await visitor.manifest(headers);
    const head = await visitor.manifest(headers, 'HEAD');
    expect([get.status, head.status]).toEqual([status, status]);
    expect(await head.text()).toBe('');
    const headersOf = (response: Response) => [...response.headers].filter(([name]) => name !== 'concierge-ticket');
    expect(headersOf(head)).toEqual(headersOf(get));
  });

  it('gives no ticket: what was not shown to a visitor can have no reports', async () => {
    const visitor = testEdge({ snapshot: half }).visitor();
    await visitor.manifest({}, 'HEAD');
    expect(visitor.ticket).toBeNull();
    await visitor.manifest({ 'if-none-match': '*' }, 'HEAD');
    expect(visitor.ticket).toBeNull();
    await visitor.manifest();
    expect(visitor.ticket).not.toBeNull();
  });

  it('does not count as an exposure', async () => {
    const edge = testEdge({ snapshot: half });
    const visitor = edge.visitor();
    await visitor.manifest({}, 'HEAD');
    await edge.flush();
    expect(edge.engine.events()).toEqual([]);
    await visitor.manifest();
    await edge.flush();
    expect(edge.engine.exposures()).toHaveLength(1);
  });
});

describe('a page of another origin', () => {
  const calls: { name: string; path: string; init?: RequestInit; status: number }[] = [
    { name: 'the manifest', path: '/manifest', status: 200 },
    { name: 'a manifest it has', path: '/manifest', init: { headers: { 'if-none-match': '*' } }, status: 304 },
    { name: 'an unknown apartment', path: '/manifest?apartment=barn', status: 404 },
    { name: 'a refused beacon', path: '/beacons', init: { method: 'POST', body: '{}' }, status: 400 },
    { name: 'a path that is not there', path: '/nowhere', status: 404 },
  ];

  it.each(calls)('that is allowed can read $name with credentials', async ({ path, init, status }) => {
    const response = await testEdge({ snapshot: half }).request(path, {
      ...init,
      headers: { ...(init?.headers as object), origin: FRIEND },
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBe(FRIEND);
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
    expect(response.headers.get('access-control-expose-headers')!.toLowerCase().split(/,\s*/)).toEqual(
      expect.arrayContaining(['etag', 'concierge-ticket']),
    );
    expect(response.headers.get('vary')).toContain('Origin');
  });

  it.each(['https://evil.example', 'null', `${FRIEND}.evil.example`, FRIEND.replace('https', 'http'), FRIEND.toUpperCase(), ''])(
    'that is not allowed (%j) can read nothing',
    async (origin) => {
      for (const { path, init } of calls) {
        const response = await testEdge({ snapshot: half }).request(path, { ...init, headers: { ...(init?.headers as object), origin } });
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );

  it.each([
    { origin: FRIEND, allowed: FRIEND },
    { origin: 'https://evil.example', allowed: null },
  ])('$origin asks first, and is told $allowed', async ({ origin, allowed }) => {
    const response = await testEdge().request('/beacons', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(allowed);
    expect(response.headers.get('access-control-allow-methods')).not.toContain('PUT');
  });
});

describe('what is not there', () => {
  it.each([
    { method: 'GET', path: '/' },
    { method: 'GET', path: '/beacons' },
    { method: 'POST', path: '/manifest' },
    { method: 'GET', path: '/snapshots/shop' },
    { method: 'DELETE', path: '/snapshots/shop' },
  ])('$method $path is refused with a problem', async ({ method, path }) => {
    const response = await testEdge({ snapshot: half }).request(path, { method });
    expect([404, 405]).toContain(response.status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect((await problemOf(response)).status).toBe(response.status);
  });
});

import { describe, expect, it } from 'vitest';
import { VISITOR_COOKIE } from '#worker/identity.ts';
import { canary, snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { sign } from './sign.ts';
import { testEdge } from './support.ts';

const half = await sign(snapshotOf([snapshotRollout({ percentage: 50 })]));

describe('a first visit', () => {
  it('sets a signed cookie that scripts cannot read and other sites cannot send', async () => {
    const response = await testEdge({ snapshot: half }).request('/manifest');
    const cookies = response.headers.getSetCookie();
    expect(cookies).toHaveLength(1);
    const [pair, ...attributes] = cookies[0]!.split('; ');
    expect(pair).toMatch(new RegExp(`^${VISITOR_COOKIE}=visitor-1\\.[\\w-]{43}$`));
    expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'SameSite=Lax', 'Secure']));
    expect(attributes.some((attribute) => attribute.startsWith('Domain'))).toBe(false);
  });

  it.each([
    { scheme: 'https', secure: true },
    { scheme: 'http', secure: false },
  ])('over $scheme the cookie is Secure: $secure', async ({ scheme, secure }) => {
    const response = await testEdge({ snapshot: half }).request(`${scheme}://edge.example/manifest`);
    expect(response.headers.get('set-cookie')!.split('; ').includes('Secure')).toBe(secure);
  });
});

describe('a visitor who comes back', () => {
  it('keeps the unit, and gets no other cookie', async () => {
    const edge = testEdge({ snapshot: half });
    for (let index = 0; index < 20; index++) {
      const visitor = edge.visitor();
      const first = await visitor.manifest();
      const body = await first.text();
      for (let visit = 0; visit < 3; visit++) {
        const again = await visitor.manifest();
        expect(again.headers.get('set-cookie')).toBeNull();
        expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
        expect(await again.text()).toBe(body);
      }
    }
  });

  it('is known by another isolate of the same edge', async () => {
    const visitor = testEdge({ snapshot: half }).visitor();
    const first = await visitor.manifest();
    const elsewhere = await testEdge({ snapshot: half }).request('/manifest', { headers: { cookie: visitor.cookie! } });
    expect(elsewhere.headers.get('set-cookie')).toBeNull();
    expect(await elsewhere.text()).toBe(await first.text());
  });

  it('is known by a secret that was replaced, and new visitors are signed by its successor', async () => {
    const visitor = testEdge({ snapshot: half, secrets: ['old'] }).visitor();
    await visitor.manifest();
    const rotated = await testEdge({ snapshot: half, secrets: ['new', 'old'] }).request('/manifest', {
      headers: { cookie: visitor.cookie! },
    });
    expect(rotated.headers.get('set-cookie')).toBeNull();
    const newcomer = testEdge({ snapshot: half, secrets: ['new', 'old'] }).visitor();
    await newcomer.manifest();
    const withoutOld = await testEdge({ snapshot: half, secrets: ['new'] }).request('/manifest', { headers: { cookie: newcomer.cookie! } });
    expect(withoutOld.headers.get('set-cookie')).toBeNull();
  });
});

describe('a cookie that this edge did not set', () => {
  const forgeries: { name: string; cookie: (good: string, ticket: string) => string }[] = [
    { name: 'empty', cookie: () => '' },
    { name: 'no seal', cookie: () => 'visitor-1' },
    { name: 'an empty seal', cookie: () => 'visitor-1.' },
    { name: 'a seal of zeros', cookie: () => `visitor-1.${'A'.repeat(43)}` },
    { name: 'another key under the same seal', cookie: (good) => good.replace('visitor-1', 'visitor-2') },
    { name: 'the seal altered', cookie: (good) => good.replace(/\.(.)/, (_, first: string) => `.${first === 'A' ? 'B' : 'A'}`) },
    { name: 'the seal cut short', cookie: (good) => good.slice(0, -3) },
    { name: 'a key with a prototype name', cookie: (good) => good.replace('visitor-1', '__proto__') },
    { name: 'a ticket in its place', cookie: (_good, ticket) => ticket },
  ];

  it.each(forgeries)('makes a new visitor: $name', async ({ cookie }) => {
    const edge = testEdge({ snapshot: half });
    const visitor = edge.visitor();
    await visitor.manifest();
    const good = visitor.cookie!.slice(VISITOR_COOKIE.length + 1);
    const response = await edge.request('/manifest', { headers: { cookie: `${VISITOR_COOKIE}=${cookie(good, visitor.ticket!)}` } });
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toContain(`${VISITOR_COOKIE}=visitor-2.`);
  });

  it('makes a new visitor: sealed by a secret that this edge does not have', async () => {
    const stranger = testEdge({ snapshot: half, secrets: ['a stranger'] }).visitor();
    await stranger.manifest();
    const response = await testEdge({ snapshot: half }).request('/manifest', { headers: { cookie: stranger.cookie! } });
    expect(response.headers.get('set-cookie')).not.toBeNull();
  });
});

describe('what a request claims about its visitor', () => {
  const CLAIMS = {
    'x-forwarded-for': '211.36.0.1',
    'x-real-ip': '211.36.0.1',
    'x-user-id': 'visitor-4711',
    'x-user-groups': 'insiders',
    'x-concierge-visitor': 'visitor-4711',
    'x-concierge-country': 'KR',
    'concierge-visitor': 'visitor-4711',
    'concierge-country': 'KR',
    'cf-ipcountry': 'KR',
    'cf-connecting-ip': '211.36.0.1',
    'x-vercel-ip-country': 'KR',
    'cloudfront-viewer-country': 'KR',
    forwarded: 'for=211.36.0.1',
    'true-client-ip': '211.36.0.1',
    'accept-language': 'ko-KR',
    'user-agent': 'insiders',
    authorization: 'Bearer visitor-4711',
  };
  const nobody = { user_segments: [], geo_regions: [], feature_flags: [], custom_rules: [] };
  const guarded = sign(
    snapshotOf(
      [
        snapshotRollout({ percentage: 100, criteria: { ...nobody, geo_regions: ['KR'] } }),
        snapshotRollout({ id: 'header-1', percentage: 50, arms: canary({ header: 'header@1.1.0' }) }),
        snapshotRollout({
          id: 'sidebar-1',
          percentage: 100,
          arms: canary({ sidebar: 'sidebar@1.1.0' }),
          criteria: { ...nobody, user_segments: ['insiders'] },
        }),
      ],
      { segments: { insiders: { description: '', condition: { groups: 'insiders' } } } },
    ),
  );

  it.each([
    ...Object.entries(CLAIMS).map(([name, value]) => ({ name, headers: { [name]: value } })),
    { name: 'all of them', headers: CLAIMS },
  ])('changes nothing: $name', async ({ headers }) => {
    const edge = testEdge({ snapshot: await guarded });
    for (const country of ['US', undefined]) {
      const visitor = edge.visitor(country);
      const plain = await visitor.manifest();
      const claiming = await visitor.manifest(headers);
      expect(claiming.headers.get('etag')).toBe(plain.headers.get('etag'));
      expect(claiming.headers.get('set-cookie')).toBeNull();
      expect(await claiming.text()).toBe(await plain.text());
    }
  });

  it.each(['country=KR', 'key=visitor-4711', 'visitor=visitor-4711', 'groups=insiders'])('changes nothing: the query %s', async (query) => {
    const visitor = testEdge({ snapshot: await guarded }).visitor('US');
    const plain = await visitor.manifest();
    const claiming = await visitor.manifest({}, 'GET', `/manifest?apartment=shop&${query}`);
    expect(await claiming.text()).toBe(await plain.text());
  });
});

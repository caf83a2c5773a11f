import { describe, expect, it } from 'vitest';
import { shopAt, versionOf } from './shop-at.ts';
import { sign } from './sign.ts';
import { problemOf, testEdge, turn } from './support.ts';

const seven = await sign(shopAt(7));
const eight = await sign(shopAt(8));
const nine = await sign(shopAt(9));

describe('a good snapshot', () => {
  it('is stored and in use at once', async () => {
    const edge = testEdge({ snapshot: seven });
    expect(await versionOf(await edge.request('/manifest'))).toBe(7);
    const response = await edge.put(eight);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ revision: 8 });
    expect(edge.store.kept.get('shop')).toEqual({ revision: 8, snapshot: eight });
    expect(await versionOf(await edge.request('/manifest'))).toBe(8);
    expect((await edge.health()).snapshots.apartments['shop']).toMatchObject({ revision: 8, from: 'engine' });
  });

  it('is the first of its apartment, also just after somebody asked in vain', async () => {
    const edge = testEdge();
    expect((await edge.request('/manifest')).status).toBe(404);
    expect((await edge.put(seven)).status).toBe(200);
    expect(await versionOf(await edge.request('/manifest'))).toBe(7);
  });

  it('may come again', async () => {
    const edge = testEdge();
    for (let time = 0; time < 3; time++) expect((await edge.put(seven)).status).toBe(200);
  });

  it.each(['rejects', 'throws'] as const)('is in use though the store %s, and the engine is told to come again', async (mood) => {
    const edge = testEdge({ snapshot: seven });
    await edge.request('/manifest');
    edge.store.moods.write = mood;
    const response = await edge.put(eight);
    expect(response.status).toBe(503);
    expect((await problemOf(response)).code).toBe('unavailable');
    expect(await versionOf(await edge.request('/manifest'))).toBe(8);
    edge.store.moods.write = 'well';
    expect((await edge.put(eight)).status).toBe(200);
    expect(edge.store.kept.get('shop')!.revision).toBe(8);
  });
});

describe('a store that hangs', () => {
  it('does not keep a snapshot from use', async () => {
    const edge = testEdge({ snapshot: seven });
    await edge.request('/manifest');
    edge.store.moods.write = 'hangs';
    void edge.put(eight);
    await turn();
    expect(await versionOf(await edge.request('/manifest'))).toBe(8);
  });
});

describe('a revision that is not newer', () => {
  it('is 409 and the newer one stays', async () => {
    const edge = testEdge({ snapshot: nine });
    await edge.request('/manifest');
    const response = await edge.put(eight);
    expect(response.status).toBe(409);
    expect((await problemOf(response)).code).toBe('stale-snapshot');
    expect(await versionOf(await edge.request('/manifest'))).toBe(9);
    expect(edge.store.kept.get('shop')!.revision).toBe(9);
  });

  it('is 409 and never served, also where nobody asked before', async () => {
    const edge = testEdge({ snapshot: nine });
    expect((await edge.put(eight)).status).toBe(409);
    expect(await versionOf(await edge.request('/manifest'))).toBe(9);
  });

  it('of the same number and other content is 409', async () => {
    const edge = testEdge({ snapshot: seven });
    await edge.request('/manifest');
    expect((await edge.put(await sign(shopAt(7, { issued_at: 1 })))).status).toBe(409);
    expect(edge.store.kept.get('shop')!.snapshot).toEqual(seven);
  });
});

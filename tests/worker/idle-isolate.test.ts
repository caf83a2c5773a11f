import { describe, expect, it } from 'vitest';
import { NOW } from '../support/fixtures.ts';
import { shopAt, versionOf } from './shop-at.ts';
import { sign } from './sign.ts';
import { type Mood, type TestEdge, testEdge, turn } from './support.ts';

const HOUR = 3_600_000;
const one = await sign(shopAt(1));
const five = await sign(shopAt(5));

/** An isolate that served revision 1, and then nobody for a while, during which the store got revision 5. */
async function idleFor(ms: number): Promise<TestEdge> {
  const edge = testEdge({ snapshot: one });
  await edge.request('/manifest');
  edge.store.put('shop', 5, five);
  await edge.clock.pass(ms);
  return edge;
}

/** What has been answered, in order, once every request is under way. */
async function answersOf(edge: TestEdge, requests: number): Promise<number[]> {
  const versions: number[] = [];
  for (let index = 0; index < requests; index++) {
    void edge.request('/manifest').then(async (response) => versions.push(await versionOf(response)));
  }
  await turn();
  return versions;
}

describe('the first answer of an isolate', () => {
  it.each([
    { idle: 'an hour', ms: HOUR, version: 5 },
    { idle: 'five seconds', ms: 5_000, version: 5 },
    { idle: 'less than five seconds', ms: 4_999, version: 1 },
  ])('that was idle for $idle is of revision $version', async ({ ms, version }) => {
    const edge = await idleFor(ms);
    expect(await versionOf(await edge.request('/manifest'))).toBe(version);
  });

  it('is the newest for all who come at once, at the cost of one read', async () => {
    let reads = 0;
    const read = async () => (++reads === 1 ? one : five);
    const edge = testEdge({ store: { read, write: () => Promise.reject(new Error()) } });
    await edge.request('/manifest');
    await edge.clock.pass(HOUR);
    const versions = await answersOf(edge, 50);
    expect(versions).toEqual(Array.from({ length: 50 }, () => 5));
    expect(reads).toBe(2);
  });

  it('is of the store also after the clock jumped back', async () => {
    const edge = await idleFor(0);
    edge.clock.set(NOW - HOUR);
    expect(await versionOf(await edge.request('/manifest'))).toBe(5);
  });

  it.each<Mood>(['throws', 'rejects'])('does not wait for a store that %s', async (mood) => {
    const edge = await idleFor(HOUR);
    edge.store.moods.read = mood;
    expect(await versionOf(await edge.request('/manifest'))).toBe(1);
  });

  it('waits a quarter of a second for a store that hangs, and no longer, whoever asks', async () => {
    const edge = await idleFor(HOUR);
    edge.store.moods.read = 'hangs';
    const versions = await answersOf(edge, 3);
    await edge.clock.pass(100);
    const later = await answersOf(edge, 2);
    await edge.clock.pass(149);
    expect([versions, later]).toEqual([[], []]);
    await edge.clock.pass(1);
    expect([versions, later]).toEqual([
      [1, 1, 1],
      [1, 1],
    ]);
    expect(await versionOf(await edge.request('/manifest'))).toBe(1);
  });

  it('comes though a store that hangs is asked again and again', async () => {
    const edge = await idleFor(HOUR);
    edge.store.moods.read = 'hangs';
    await answersOf(edge, 1);
    await edge.clock.pass(250);
    for (let second = 0; second < 5; second++) {
      await edge.clock.pass(1_000);
      expect(await versionOf(await edge.request('/manifest'))).toBe(1);
    }
  });
});

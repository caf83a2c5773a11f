import { describe, expect, it } from 'vitest';
import type { SignedSnapshot } from '#schemas/snapshot.ts';
import { snapshotOf } from '../support/fixtures.ts';
import { sign, signText, strangersKey } from './sign.ts';
import { MOODS, type Mood, type TestEdge, createClock, testEdge, turn } from './support.ts';

/** An isolate that knows nothing yet takes the newest that answers: store, then cache, then what was deployed with it. */

const at = (revision: number): Promise<SignedSnapshot> => sign(snapshotOf([], { revision }));
const [baked, cached, stored, newer] = await Promise.all([at(7), at(8), at(9), at(10)]);
const forged = await signText(newer.payload, { key: strangersKey() });

const versionOf = async (response: Response): Promise<number> => (await response.json<{ version: number }>()).version;

/** The answer to a first request once the clock has run for a while, or `no answer`. */
async function firstAnswer(edge: TestEdge): Promise<Response | 'no answer'> {
  let answer: Response | 'no answer' = 'no answer';
  const asked = edge.request('/manifest').then((response) => {
    answer = response;
  });
  for (let round = 0; round < 10 && answer === 'no answer'; round++) {
    await turn();
    await edge.clock.pass(2_000);
  }
  if (answer !== 'no answer') await asked;
  return answer;
}

async function expectVersion(edge: TestEdge, version: number, from: string): Promise<void> {
  const answer = await firstAnswer(edge);
  if (answer === 'no answer') return expect(answer).toBe(`revision ${version}`);
  expect(answer.status).toBe(200);
  expect(await versionOf(answer)).toBe(version);
  expect((await edge.health()).snapshots.apartments['shop']).toMatchObject({ revision: version, from });
}

describe('with something at every place', () => {
  const rows = MOODS.flatMap((store) =>
    MOODS.map((cache) => ({ store, cache, from: store === 'well' ? 'store' : cache === 'well' ? 'cache' : 'baked' })),
  );

  it.each(rows)('the store $store, the cache $cache: serves from $from', async ({ store, cache, from }) => {
    const edge = testEdge({ snapshot: stored, baked: [baked] });
    edge.cache.kept.set('shop', cached);
    edge.store.moods.read = store;
    edge.cache.moods.read = cache;
    await expectVersion(edge, { store: 9, cache: 8, baked: 7 }[from]!, from);
  });
});

describe('with something bad at a place', () => {
  it('a forged snapshot in the store: serves from the cache, and says so', async () => {
    const edge = testEdge();
    edge.store.put('shop', 10, forged);
    edge.cache.kept.set('shop', cached);
    await expectVersion(edge, 8, 'cache');
    expect((await edge.health()).snapshots.last_error).toMatch(/^store: /);
  });

  it('forged snapshots in store and cache: serves what was deployed', async () => {
    const edge = testEdge({ baked: [baked] });
    edge.store.put('shop', 10, forged);
    edge.cache.kept.set('shop', forged);
    await expectVersion(edge, 7, 'baked');
  });

  it('an unreadable snapshot beside ours in what was deployed: serves ours', async () => {
    await expectVersion(testEdge({ baked: [await signText('{'), baked] }), 7, 'baked');
  });

  it('a snapshot of another environment beside ours in what was deployed: serves ours', async () => {
    const staging = await sign(snapshotOf([], { environment: 'staging' }));
    await expectVersion(testEdge({ baked: [staging, baked] }), 7, 'baked');
  });

  it.each<Mood>(['throws', 'rejects'])(
    'a store that %s and nothing else: 404, and the store is served when it is well again',
    async (mood) => {
      const edge = testEdge({ snapshot: stored });
      edge.store.moods.read = mood;
      expect((await edge.request('/manifest')).status).toBe(404);
      edge.store.moods.read = 'well';
      await edge.clock.pass(1_000);
      expect(await versionOf(await edge.request('/manifest'))).toBe(9);
    },
  );
});

describe('afterwards', () => {
  it('an older copy gives way to the store in the background as soon as that is well', async () => {
    const edge = testEdge({ snapshot: stored, baked: [baked] });
    edge.store.moods.read = 'rejects';
    await expectVersion(edge, 7, 'baked');
    edge.store.moods.read = 'well';
    await edge.clock.pass(1_000);
    await edge.request('/manifest');
    await turn();
    expect(await versionOf(await edge.request('/manifest'))).toBe(9);
  });

  it('what the store gave is in the cache for the next isolate', async () => {
    const edge = testEdge({ snapshot: stored });
    await edge.request('/manifest');
    await turn();
    expect(edge.cache.kept.get('shop')).toEqual(stored);
  });

  it('what came from the store later is in the cache too', async () => {
    const edge = testEdge({ snapshot: stored });
    await edge.request('/manifest');
    edge.store.put('shop', 10, newer);
    await edge.clock.pass(1_000);
    await edge.request('/manifest');
    await turn();
    expect(edge.cache.kept.get('shop')).toEqual(newer);
  });

  it('an apartment that nobody published does not cost a read of the store for each request', async () => {
    let reads = 0;
    const edge = testEdge({ store: { read: async () => (reads++, null), write: () => Promise.reject(new Error()) } });
    for (let index = 0; index < 50; index++) expect((await edge.request('/manifest?apartment=barn')).status).toBe(404);
    expect(reads).toBe(1);
  });
});

describe('many who come to a cold isolate at once', () => {
  type Reads = { store: number; cache: number };

  /** An edge that counts its reads, of a store and a cache that have what is given. */
  function countingEdge(found: { store?: SignedSnapshot; cache?: SignedSnapshot }, mood: Mood = 'well') {
    const reads: Reads = { store: 0, cache: 0 };
    const edge = testEdge({
      store: {
        read: async () => {
          reads.store++;
          if (mood === 'hangs') return new Promise(() => undefined);
          if (mood === 'rejects') throw new Error('the store rejected');
          return found.store ?? null;
        },
        write: () => Promise.reject(new Error()),
      },
      cache: { read: async () => (reads.cache++, found.cache ?? null), write: async () => undefined },
      baked: [baked],
    });
    return { edge, reads };
  }

  it.each<{ name: string; found: Parameters<typeof countingEdge>[0]; mood: Mood; reads: Reads; version: number }>([
    { name: 'the store has it', found: { store: stored }, mood: 'well', reads: { store: 1, cache: 0 }, version: 9 },
    { name: 'the cache has it', found: { cache: cached }, mood: 'rejects', reads: { store: 1, cache: 1 }, version: 8 },
    { name: 'the store hangs', found: { cache: cached }, mood: 'hangs', reads: { store: 1, cache: 1 }, version: 8 },
    { name: 'only what was deployed is there', found: {}, mood: 'well', reads: { store: 1, cache: 1 }, version: 7 },
  ])('cost one read of each place: $name', async ({ found, mood, reads: expected, version }) => {
    const { edge, reads } = countingEdge(found, mood);
    const answers = await edge.clock.until(Promise.all(Array.from({ length: 50 }, () => edge.request('/manifest'))));
    expect(new Set(await Promise.all(answers.map(versionOf)))).toEqual(new Set([version]));
    expect(reads).toEqual(expected);
  });

  it('ask for two apartments: one read for each', async () => {
    const { edge, reads } = countingEdge({});
    await edge.clock.until(
      Promise.all(Array.from({ length: 50 }, (_, index) => edge.request(`/manifest?apartment=${index % 2 ? 'shop' : 'barn'}`))),
    );
    expect(reads.store).toBe(2);
  });

  it('all get an answer though the one that reads is cut off, and the next after that reads again', async () => {
    let reads = 0;
    const dead = {
      read: () => (++reads === 1 ? new Promise<never>(() => undefined) : Promise.resolve(stored)),
      write: () => Promise.reject(new Error()),
    };
    // The request that reads is cut off: no clock of its own ever rings.
    let isFirstWait = true;
    const clock = createClock();
    const edge = testEdge({
      store: dead,
      baked: [baked],
      now: clock.now,
      wait: (ms) => {
        if (!isFirstWait) return clock.wait(ms);
        isFirstWait = false;
        return new Promise(() => undefined);
      },
    });
    void edge.request('/manifest');
    await turn();
    const others = await clock.until(Promise.all([edge.request('/manifest'), edge.request('/manifest')]));
    expect(await Promise.all(others.map(versionOf))).toEqual([7, 7]);
    await clock.pass(1_000);
    await edge.request('/manifest');
    await turn();
    expect(await versionOf(await edge.request('/manifest'))).toBe(9);
  });

  it('of thousands of names are all answered', async () => {
    const { edge } = countingEdge({}, 'hangs');
    const answers = await edge.clock.until(
      Promise.all(Array.from({ length: 2_500 }, (_, index) => edge.request(`/manifest?apartment=a${index}`))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
  });
});

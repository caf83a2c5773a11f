import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SignedSnapshot } from '#schemas/snapshot.ts';
import { NOW, snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { sign, signText, strangersKey } from './sign.ts';
import { MOODS, createCache, createClock, createEngine, createStore, createVisitor, loaded, testEdge, turn } from './support.ts';

/** Once a good manifest was known there is always one, whatever fails behind the edge. */

const REVISIONS = 12;
const good = await Promise.all(
  Array.from({ length: REVISIONS }, (_, index) =>
    sign(snapshotOf([snapshotRollout({ percentage: 50, step: index })], { revision: index + 1 })),
  ),
);
const forged = await signText(good.at(-1)!.payload, { key: strangersKey() });
const garbage = { payload: '}{', key_id: '', signature: '!' };

const versionOf = async (response: Response): Promise<number> => (await response.json<{ version: number }>()).version;

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): <T>(items: readonly T[]) => T {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (items) => items[Math.floor(next() * items.length)]!;
}

/** Isolates that come and go, each with a memory of its own, over one store, cache, engine and clock that are moved by hand. */
function createWorld() {
  const [clock, store, cache, engine] = [createClock(), createStore(), createCache(), createEngine()];
  let visitors = 0;
  const isolateOf = () => {
    const { now, wait } = clock;
    const randomId = (): string => `visitor-${++visitors}`;
    const edge = testEdge({ store, cache, deliver: engine.deliver, now, wait, randomId, baked: [garbage, good[0]!] });
    return { edge, answers: 0, served: 0 };
  };
  let isolate = isolateOf();
  const ask = (path: string, init?: RequestInit): Promise<Response> => isolate.edge.request(path, init);
  return {
    clock,
    store,
    cache,
    engine,
    isolate: () => isolate,
    /** The next request finds an isolate that knows nothing. */
    coldStart: () => void (isolate = isolateOf()),
    visitor: () => createVisitor(ask),
  };
}

describe('10,000 requests while store, cache, engine and background fail at random, and isolates come and go', () => {
  const BURSTS = [1, 1, 1, 4];

  it.each([1, 2, 3, 4])('are answered without one 5xx, from the last good manifest (2,500 of seed %i)', async (seed) => {
    const pick = randomOf(seed);
    const world = createWorld();
    const visitors = Array.from({ length: 40 }, () => world.visitor());
    const statuses = new Map<string, number>();
    const firstAnswersFrom = new Map<string, number>();
    const count = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
    let left = 2_500;
    let calmUntil = left;

    function disturb(): void {
      world.store.moods.read = pick(MOODS);
      world.cache.moods.read = pick(MOODS);
      world.cache.moods.write = pick(MOODS);
      world.engine.moods.deliver = pick(MOODS);
      const index = pick([...good.keys()]);
      if (pick([true, false, false, false])) world.store.put('shop', index + 1, pick([good[index]!, good[index]!, forged, garbage]));
      if (pick([true, false, false, false])) world.cache.kept.set('shop', pick([good[index]!, good[index]!, forged, garbage]));
      if (pick([true, false])) world.coldStart();
      world.isolate().edge.moods.background = pick(MOODS);
    }

    async function askForManifests(asking: ReturnType<typeof world.visitor>[]): Promise<void> {
      const isolate = world.isolate();
      const conditions = pick<Record<string, string>>([{}, {}, { 'if-none-match': '*' }]);
      const responses = await world.clock.until(Promise.all(asking.map((visitor) => visitor.manifest(conditions))));
      const { apartments } = (await isolate.edge.health()).snapshots;
      if (isolate.answers === 0) for (const _ of responses) count(firstAnswersFrom, apartments['shop']!.from);
      isolate.answers += responses.length;
      for (const response of responses) {
        count(statuses, `manifest ${response.status}`);
        if (response.status !== 200) continue;
        const version = await versionOf(response);
        expect(version).toBeGreaterThanOrEqual(isolate.served);
        isolate.served = version;
      }
    }

    while (left > 0) {
      if (left <= calmUntil) {
        calmUntil = left - 5;
        disturb();
        await world.clock.pass(pick([0, 10, 250, 1_000, 2_000, 60_000]));
      }
      const visitor = pick([...visitors, world.visitor()]);
      if (visitor.ticket && pick([true, false])) {
        const { status } = await visitor.report(loaded(), { kind: 'latency', building: pick(['main', 'header']), value: 12 });
        count(statuses, `beacons ${status}`);
        left--;
      } else {
        const asking = [visitor, ...visitors.filter((other) => other !== visitor)].slice(0, Math.min(left, pick(BURSTS)));
        await askForManifests(asking);
        left -= asking.length;
      }
    }
    expect([...statuses.keys()].toSorted()).toEqual(['beacons 202', 'beacons 409', 'manifest 200', 'manifest 304']);
    expect([...statuses.values()].reduce((sum, value) => sum + value)).toBe(2_500);
    expect([...firstAnswersFrom.keys()].toSorted()).toEqual(['baked', 'cache', 'store']);
    for (const times of firstAnswersFrom.values()) expect(times).toBeGreaterThan(25);
  });
});

describe('a revision', () => {
  it('never goes down in an isolate, whatever the store holds and whoever pushes', async () => {
    const content = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...good) },
      { weight: 1, arbitrary: fc.constantFrom<SignedSnapshot | null>(forged, garbage, null) },
    );
    const happening = fc.record({
      what: fc.constantFrom('store', 'store', 'push'),
      content,
      ms: fc.constantFrom(0, 500, 1_000, 5_000, -3_600_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 20 }), async (story) => {
        let held: SignedSnapshot | null = null;
        const edge = testEdge({
          store: { read: async () => held, write: async (_apartment, revision) => ({ outcome: 'stored', revision }) },
        });
        let served = 0;
        for (const { what, content: next, ms } of story) {
          if (what === 'push') await edge.put(next);
          else held = next;
          await edge.clock.pass(ms);
          for (let time = 0; time < 2; time++) {
            const response = await edge.request('/manifest');
            if (served > 0 || response.status !== 404) {
              expect(response.status).toBe(200);
              const version = await versionOf(response);
              expect(version).toBeGreaterThanOrEqual(served);
              served = version;
            }
            await turn();
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('goes up within a second of the store having it', async () => {
    const edge = testEdge({ snapshot: good[0]! });
    await edge.request('/manifest');
    edge.store.put('shop', 5, good[4]!);
    await edge.clock.pass(999);
    await edge.request('/manifest');
    await turn();
    expect(await versionOf(await edge.request('/manifest'))).toBe(1);
    await edge.clock.pass(1);
    await edge.request('/manifest');
    await turn();
    expect(await versionOf(await edge.request('/manifest'))).toBe(5);
  });

  it('goes up also after the clock jumped back', async () => {
    const edge = testEdge({ snapshot: good[0]! });
    await edge.request('/manifest');
    edge.store.put('shop', 5, good[4]!);
    edge.clock.set(NOW - 3_600_000);
    await edge.request('/manifest');
    await turn();
    expect(await versionOf(await edge.request('/manifest'))).toBe(5);
  });
});

describe('a refresh', () => {
  it('keeps no answer waiting: the store may take forever', async () => {
    let answer: (signed: SignedSnapshot) => void = () => undefined;
    let reads = 0;
    const read = (): Promise<SignedSnapshot> => (++reads === 1 ? Promise.resolve(good[0]!) : new Promise((resolve) => (answer = resolve)));
    const edge = testEdge({ store: { read, write: () => Promise.reject(new Error()) } });
    await edge.request('/manifest');
    await edge.clock.pass(1_000);
    for (let index = 0; index < 20; index++) expect(await versionOf(await edge.request('/manifest'))).toBe(1);
    expect(reads).toBe(2);
    answer(good[3]!);
    await turn();
    expect(await versionOf(await edge.request('/manifest'))).toBe(4);
  });

  it('that hung does not stop the next one', async () => {
    const edge = testEdge({ snapshot: good[0]! });
    await edge.request('/manifest');
    edge.store.moods.read = 'hangs';
    await edge.clock.pass(1_000);
    await edge.request('/manifest');
    edge.store.moods.read = 'well';
    edge.store.put('shop', 2, good[1]!);
    await edge.clock.pass(1_000);
    await edge.request('/manifest');
    await turn();
    expect(await versionOf(await edge.request('/manifest'))).toBe(2);
  });

  it('works though the platform takes no background work', async () => {
    const edge = testEdge({ snapshot: good[0]! });
    edge.moods.background = 'throws';
    await edge.request('/manifest');
    edge.store.put('shop', 2, good[1]!);
    await edge.clock.pass(1_000);
    await edge.request('/manifest');
    await turn();
    expect(await versionOf(await edge.request('/manifest'))).toBe(2);
  });

  it.each([
    { name: 'forged', bad: forged },
    { name: 'that makes no sense', bad: garbage },
  ])('that finds a snapshot $name changes nothing, and says so in /health', async ({ bad }) => {
    const edge = testEdge({ snapshot: good[0]! });
    await edge.request('/manifest');
    edge.store.put('shop', 12, bad);
    await edge.clock.pass(1_000);
    await edge.request('/manifest');
    await turn();
    expect(await versionOf(await edge.request('/manifest'))).toBe(1);
    expect((await edge.health()).snapshots.last_error).toMatch(/^store: /);
  });
});

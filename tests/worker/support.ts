import type { BeaconBatch, BeaconEvent, HealthEvent } from '#schemas/beacon.ts';
import type { Problem } from '#schemas/problem.ts';
import type { SignedSnapshot } from '#schemas/snapshot.ts';
import { createEdge } from '#worker/app.ts';
import type { Delivery, EdgePlatform, RequestPlatform, SnapshotCache, SnapshotStore } from '#worker/platform.ts';
import { NOW } from '../support/fixtures.ts';
import { SNAPSHOT_KEYS } from './sign.ts';

/** An edge on a platform of which everything can be seen and moved by hand: store, cache, engine, clock, background. */

export const ORIGIN = 'https://edge.example';
export const FRIEND = 'https://shop.example';

/** How a part of the platform behaves: as it should, throwing at once, rejecting, or never answering. */
export type Mood = 'well' | 'throws' | 'rejects' | 'hangs';
export const MOODS: readonly Mood[] = ['well', 'throws', 'rejects', 'hangs'];

/** Does the work if the mood allows. */
function inMood<T>(mood: Mood, what: string, work: () => T | Promise<T>): Promise<T> {
  if (mood === 'throws') throw new Error(`${what} threw`);
  if (mood === 'rejects') return Promise.reject(new Error(`${what} rejected`));
  if (mood === 'hangs') return new Promise(() => undefined);
  return Promise.resolve().then(work);
}

/** One turn of the event loop: every promise that can settle without the clock has then settled. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

export function createClock(start = NOW) {
  let now = start;
  let waiting: { due: number; resolve: () => void }[] = [];
  const clock = {
    now: () => now,
    wait: (ms: number) => new Promise<void>((resolve) => waiting.push({ due: now + ms, resolve })),
    /** Sets the time without waking anybody. */
    set: (to: number) => {
      now = to;
    },
    /** Lets time pass; whoever waited for less is woken, and may then wait again. */
    async pass(ms: number): Promise<void> {
      now += ms;
      const due = waiting.filter((entry) => entry.due <= now);
      waiting = waiting.filter((entry) => entry.due > now);
      for (const { resolve } of due) resolve();
      await turn();
    },
    /** Lets time pass, for ten seconds at most, until the work is done. */
    async until<T>(work: Promise<T>): Promise<T> {
      let isDone = false;
      const markDone = (): void => void (isDone = true);
      void work.then(markDone, markDone);
      await turn();
      for (let step = 0; step < 40 && !isDone; step++) await clock.pass(250);
      if (!isDone) throw new Error('nothing came of it in ten seconds');
      return work;
    },
  };
  return clock;
}

/** A store as the Durable Object is, in memory. */
export function createStore() {
  const kept = new Map<string, { revision: number; snapshot: SignedSnapshot }>();
  const moods = { read: 'well' as Mood, write: 'well' as Mood };
  const store: SnapshotStore = {
    read: (apartment, after) =>
      inMood(moods.read, 'the store', () => {
        const there = kept.get(apartment);
        return there && there.revision > after ? there.snapshot : null;
      }),
    write: (apartment, revision, snapshot) =>
      inMood(moods.write, 'the store', () => {
        const there = kept.get(apartment);
        if (there && revision < there.revision) return { outcome: 'stale' as const, revision: there.revision };
        if (there?.revision === revision)
          return { outcome: there.snapshot.payload === snapshot.payload ? ('same' as const) : ('stale' as const), revision };
        kept.set(apartment, { revision, snapshot });
        return { outcome: 'stored' as const, revision };
      }),
  };
  return {
    ...store,
    kept,
    moods,
    put: (apartment: string, revision: number, snapshot: SignedSnapshot) => kept.set(apartment, { revision, snapshot }),
  };
}

export function createCache() {
  const kept = new Map<string, SignedSnapshot>();
  const moods = { read: 'well' as Mood, write: 'well' as Mood };
  const cache: SnapshotCache = {
    read: (apartment) => inMood(moods.read, 'the cache', () => kept.get(apartment) ?? null),
    write: (apartment, snapshot) => inMood(moods.write, 'the cache', () => void kept.set(apartment, snapshot)),
  };
  return { ...cache, kept, moods };
}

/** The engine's end of the wire. Apartments of another mood than the rest are in `moodsOf`; those in `refused` are refused for good. */
export function createEngine() {
  const batches: BeaconBatch[] = [];
  const moodsOf = new Map<string, Mood>();
  const refused = new Set<string>();
  let held: Promise<void> | undefined;

  async function take(batch: BeaconBatch): Promise<Delivery> {
    const hold = held;
    held = undefined;
    await hold;
    if (refused.has(batch.apartment)) return { outcome: 'refused', reason: `the engine refused ${batch.apartment}` };
    batches.push(structuredClone(batch));
    return { outcome: 'taken' };
  }

  const moods = { deliver: 'well' as Mood };
  return {
    batches,
    moods,
    moodsOf,
    refused,
    deliver: (batch: BeaconBatch): Promise<Delivery> =>
      inMood(moodsOf.get(batch.apartment) ?? moods.deliver, 'the engine', () => take(batch)),
    /** The next batch is taken only when `release` is called. */
    holdNext: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return { release: resolve };
    },
    events: (): HealthEvent[] => batches.flatMap(({ events }) => events),
    exposures: (): HealthEvent[] => batches.flatMap(({ events }) => events).filter(({ kind }) => kind === 'exposure'),
  };
}

/** What the platform knows of whoever asks. */
export type Whence = { country?: string | undefined; address?: string | undefined };

export type TestEdge = ReturnType<typeof testEdge>;

/** An edge for shop/production; `snapshots` are what its store has. */
export function testEdge({ snapshot, ...overrides }: Partial<EdgePlatform> & { snapshot?: SignedSnapshot } = {}) {
  const clock = createClock();
  const store = createStore();
  const cache = createCache();
  const engine = createEngine();
  const moods = { background: 'well' as Mood };
  const works: Promise<unknown>[] = [];
  let visitors = 0;
  const app = createEdge({
    environment: 'production',
    basePath: '',
    defaultApartment: 'shop',
    allowedOrigins: [FRIEND],
    secrets: ['a secret for tests'],
    snapshotKeys: SNAPSHOT_KEYS,
    store,
    cache,
    baked: [],
    settingFaults: [],
    deliver: engine.deliver,
    now: clock.now,
    wait: clock.wait,
    randomId: () => `visitor-${++visitors}`,
    ...overrides,
  });
  if (snapshot) {
    const { apartment, revision } = JSON.parse(snapshot.payload) as { apartment: string; revision: number };
    store.put(apartment, revision, snapshot);
  }
  const background: RequestPlatform['background'] = (work) => {
    works.push(work);
    void inMood(moods.background, 'the background', () => undefined).catch(() => undefined);
  };

  const request = (path: string, init: RequestInit = {}, { country, address }: Whence = {}): Promise<Response> =>
    Promise.resolve(
      app.fetch(new Request(new URL(path, ORIGIN), init as RequestInit<RequestInitCfProperties>), { country, address, background }),
    );

  return {
    clock,
    store,
    cache,
    engine,
    moods,
    works,
    request,
    put: (body: unknown, apartment = 'shop') =>
      request(`/snapshots/${apartment}`, { method: 'PUT', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    health: async () => (await request('/health')).json<Health>(),
    visitor: (country?: string, address?: string) => createVisitor(request, { country, address }),
    /** Lets the engine have what waits for it. */
    flush: () => clock.pass(250),
  };
}

export type Health = {
  environment: string;
  setting_faults: string[];
  snapshots: { apartments: Record<string, { revision: number; from: string }>; last_error: string | null };
  beacons: { waiting: number; dropped: number; refused: number; last_error: string | null };
};

export const problemOf = (response: Response): Promise<Problem> => response.json<Problem>();
export const loaded = (building = 'main'): BeaconEvent => ({ kind: 'loaded', building });

/** A browser: keeps its cookie and the ticket of its last manifest. */
export function createVisitor(request: (path: string, init?: RequestInit, whence?: Whence) => Promise<Response>, whence?: Whence) {
  const self = { cookie: undefined as string | undefined, ticket: null as string | null, manifest, send, report };

  async function manifest(headers: Record<string, string> = {}, method = 'GET', path = '/manifest'): Promise<Response> {
    const response = await request(path, { method, headers: { ...(self.cookie ? { cookie: self.cookie } : {}), ...headers } }, whence);
    const set = response.headers.get('set-cookie');
    if (set) self.cookie = set.split(';')[0];
    self.ticket = response.headers.get('concierge-ticket');
    return response;
  }

  /** Sends any beacon. */
  function send(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return request('/beacons', { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) }, whence);
  }

  function report(...events: BeaconEvent[]): Promise<Response> {
    return send({ ticket: self.ticket, events });
  }

  return self;
}

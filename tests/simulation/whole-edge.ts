import type { SignedSnapshot } from '#schemas/snapshot.ts';
import { createEdge } from '#worker/app.ts';
import type { EdgePlatform, RequestPlatform } from '#worker/platform.ts';
import { VISITOR_COOKIE } from '#worker/identity.ts';
import { TICKET_HEADER } from '#worker/serve-manifest.ts';
import { KEY_ID, PUBLIC_KEY } from '../support/signing-key.ts';
import { type Deliver, type Edge, type Visit, createServingCheck } from './edge.ts';
import { NoAnswer } from './engine.ts';
import { unitsOfBody } from './invariants/assignments.ts';
import { APARTMENT, ENVIRONMENT, type World, carryOn } from './world.ts';

/** What all isolates of a site share, as a Durable Object does: it compares and writes at once. */
export function createEdgeStore(world: World): EdgePlatform['store'] {
  let kept: { revision: number; snapshot: SignedSnapshot } | undefined;
  const reach = async (): Promise<void> => {
    await world.time.sleep(world.dice.between(0, world.faults.latencyMs / 4));
    if (world.dice.chance(world.faults.loseRequest)) throw new NoAnswer("the edge's store does not answer");
  };
  return {
    async read(_, after) {
      await reach();
      return kept && kept.revision > after ? kept.snapshot : null;
    },
    async write(_, revision, snapshot) {
      await reach();
      if (kept && revision < kept.revision) return { outcome: 'stale', revision: kept.revision };
      if (kept?.revision === revision) return { outcome: kept.snapshot.payload === snapshot.payload ? 'same' : 'stale', revision };
      kept = { revision, snapshot };
      return { outcome: 'stored', revision };
    },
  };
}

export type VisitorCookies = Map<string, string>;

/** The whole edge: the Hono app with its verification, cookies, tickets and delivery buffer, on a platform of plain functions. */
export function createWholeEdge(
  world: World,
  name: string,
  store: EdgePlatform['store'],
  cookies: VisitorCookies,
  clock: { offsetMs: number },
  deliver: Deliver,
): Edge {
  const { time, dice } = world;
  const platform: EdgePlatform = {
    environment: ENVIRONMENT,
    basePath: '',
    defaultApartment: APARTMENT,
    allowedOrigins: [],
    secrets: ['a secret for simulations, of 32 characters'],
    snapshotKeys: { [KEY_ID]: PUBLIC_KEY },
    settingFaults: [],
    store,
    cache: { read: async () => null, write: async () => undefined },
    baked: [],
    async deliver(batch) {
      await deliver(batch);
      return { outcome: 'taken' };
    },
    now: () => time.now() + clock.offsetMs,
    wait: (ms) => time.sleep(ms),
    randomId: () => dice.id(16),
  };
  const here: RequestPlatform = { country: undefined, address: undefined, background: (work) => carryOn(world, name, work) };
  let app = createEdge(platform);
  let check = createServingCheck(world, name);

  return {
    name,
    downUntil: 0,
    async push(signed) {
      const life = check;
      const response = await app.request(`/snapshots/${APARTMENT}`, { method: 'PUT', body: JSON.stringify(signed) }, here);
      if (!response.ok) throw new Error(`${name} answered ${response.status}: ${await response.text()}`);
      life.took(((await response.json()) as { revision: number }).revision);
    },
    async visit(key): Promise<Visit | null> {
      const life = check;
      const cookie = cookies.get(key);
      const response = await app.request('/manifest', { headers: cookie === undefined ? {} : { cookie } }, here);
      if (response.status === 404) return null;
      if (response.status !== 200) throw new Error(`${name} answered ${response.status}: ${await response.text()}`);
      const set = response.headers.getSetCookie().find((one) => one.startsWith(VISITOR_COOKIE));
      if (set !== undefined) cookies.set(key, set.split(';')[0]!);
      const body = await response.text();
      const sealed = cookies.get(key)!.slice(VISITOR_COOKIE.length + 1);
      const revision = Number(response.headers.get('etag')!.slice(1).split('-')[0]);
      const visit = { key: sealed.slice(0, sealed.lastIndexOf('.')), revision, units: unitsOfBody(body) };
      if (life === check) life.served(visit);
      const ticket = response.headers.get(TICKET_HEADER);
      return {
        ...visit,
        async report(reports) {
          if (ticket === null) return;
          const answer = await app.request('/beacons', { method: 'POST', body: JSON.stringify({ ticket, events: reports }) }, here);
          if (answer.status !== 202 && answer.status !== 409 && answer.status !== 401) throw new Error(`${name} answered ${answer.status}`);
        },
      };
    },
    restart() {
      app = createEdge(platform);
      check = createServingCheck(world, name);
    },
  };
}

import { SignedSnapshot } from '#schemas/snapshot.ts';
import { createEdge } from './app.ts';
import type { EdgePlatform, SnapshotCache, SnapshotStore } from './platform.ts';
import { readSettings } from './read-settings.ts';
import type { SnapshotObject } from './snapshot-object.ts';

export { SnapshotObject } from './snapshot-object.ts';

/** The Cloudflare entry: turns bindings into the functions that the edge wants, and nothing else. */

export type Env = {
  SNAPSHOTS: DurableObjectNamespace<SnapshotObject>;
  ENVIRONMENT: string;
  /** Where on its host the edge answers, such as `/concierge`; the root when left out. */
  BASE_PATH?: string;
  DEFAULT_APARTMENT?: string;
  /** Comma-separated. */
  ALLOWED_ORIGINS?: string;
  /** Comma-separated secrets; the first signs. */
  EDGE_SECRETS: string;
  /** Comma-separated `keyId:publicKey`. */
  SNAPSHOT_KEYS: string;
  ENGINE_URL: string;
  ENGINE_TOKEN: string;
  /** A JSON array of signed snapshots to start from. */
  BAKED_SNAPSHOTS?: string;
};

const DELIVERY_TIMEOUT_MS = 5_000;
/** Whether the same request would be refused again: 4xx, but for "too slow" and "too many". */
const isFinal = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429;

function storeOf(namespace: Env['SNAPSHOTS'], environment: string): SnapshotStore {
  const object = (apartment: string) => namespace.get(namespace.idFromName(`${environment}/${apartment}`));
  return {
    read: async (apartment, after) => object(apartment).read(after),
    write: async (apartment, revision, snapshot) => object(apartment).write(revision, snapshot),
  };
}

function cacheOf(environment: string): SnapshotCache {
  const url = (apartment: string): string => `https://concierge.invalid/snapshots/${environment}/${apartment}`;
  return {
    async read(apartment) {
      const response = await caches.default.match(url(apartment));
      return response ? SignedSnapshot.parse(await response.json()) : null;
    },
    async write(apartment, snapshot) {
      await caches.default.put(url(apartment), Response.json(snapshot, { headers: { 'cache-control': 'max-age=86400' } }));
    },
  };
}

function platformOf(env: Env): EdgePlatform {
  const { engineUrl, engineToken, ...settings } = readSettings(env);
  return {
    ...settings,
    store: storeOf(env.SNAPSHOTS, settings.environment),
    cache: cacheOf(settings.environment),
    async deliver(batch) {
      const response = await fetch(new URL('/v1/beacons', engineUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${engineToken}` },
        body: JSON.stringify(batch),
        redirect: 'manual',
        signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
      });
      const text = await response.text();
      if (response.ok) return { outcome: 'taken' };
      const reason = `the engine answered ${response.status}: ${text.slice(0, 200)}`;
      if (isFinal(response.status)) return { outcome: 'refused', reason };
      throw new Error(reason);
    },
    now: Date.now,
    wait: (ms) => scheduler.wait(ms),
    randomId: () => crypto.randomUUID(),
  };
}

/** The handler of an isolate. It makes its edge on the first request, which is when the settings are known. */
export function createHandler() {
  let edge: ReturnType<typeof createEdge> | undefined;
  return {
    fetch(request, env, context) {
      edge ??= createEdge(platformOf(env));
      const country = request.cf?.country;
      return edge.fetch(request, {
        country: typeof country === 'string' ? country : undefined,
        address: request.headers.get('cf-connecting-ip') ?? undefined, // Cloudflare sets it, whatever the client sent
        background: (work) => context.waitUntil(work),
      });
    },
  } satisfies ExportedHandler<Env>;
}

export default createHandler();

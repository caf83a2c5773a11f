import { type Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { cors } from 'hono/cors';
import { Name } from '#schemas/common.ts';
import { type Problem, ProblemError, problem, refuse } from '#schemas/problem.ts';
import { originTest } from './allowed-origins.ts';
import { createDeliveryBuffer } from './delivery-buffer.ts';
import type { EdgePlatform, RequestPlatform } from './platform.ts';
import { createRecentlySeen } from './recently-seen.ts';
import { createSealer } from './sealer.ts';
import { TICKET_HEADER, serveManifest } from './serve-manifest.ts';
import { serveRelease } from './serve-release.ts';
import { createSnapshotSource } from './snapshot-source.ts';
import { takeBeacon } from './take-beacon.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { type Edition, createSnapshotVerifier } from './verify-snapshot.ts';
import { whoAsks } from './who-asks.ts';

type EdgeEnv = { Bindings: RequestPlatform };

const MAX_SEEN = 100_000;

const METHODS = {
  '/manifest': 'GET, HEAD',
  '/release.json': 'GET, HEAD',
  '/beacons': 'POST',
  '/snapshots/:apartment': 'PUT',
  '/health': 'GET, HEAD',
};

function respondWith(c: Context, value: Problem): Response {
  return c.body(JSON.stringify(value), value.status as 400, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
}

/** The edge, made once per isolate. Knows no platform but through what it is handed. */
export function createEdge(platform: EdgePlatform): Hono<EdgeEnv> {
  const sealer = createSealer(platform.secrets);
  const verify = createSnapshotVerifier(platform.snapshotKeys, platform.environment, sealer.canSeal);
  const source = createSnapshotSource(platform, verify);
  const buffer = createDeliveryBuffer(platform);
  const mayAsk = originTest(platform.allowedOrigins);
  const tools = { sealer, buffer, seen: createRecentlySeen(MAX_SEEN), now: platform.now, environment: platform.environment };

  /** Background work that fails, or that the platform will not take, must not reach the visitor. */
  const platformOf = (c: Context<EdgeEnv>): RequestPlatform => ({
    country: c.env.country,
    address: c.env.address,
    background: (work) => {
      const quiet = work.catch(() => undefined);
      try {
        c.env.background(quiet);
      } catch {
        // it still runs, for as long as the platform lets it
      }
    },
  });

  const app = new Hono<EdgeEnv>().basePath(platform.basePath);
  app.use(
    cors({
      origin: (origin) => (mayAsk(origin) ? origin : null),
      credentials: true,
      allowMethods: ['GET', 'HEAD', 'POST'],
      allowHeaders: ['content-type', 'if-none-match'],
      exposeHeaders: ['etag', TICKET_HEADER],
      maxAge: 86_400,
    }),
  );
  app.onError((error, c) =>
    respondWith(c, error instanceof ProblemError ? error.problem : problem('internal', 'The edge could not do this.')),
  );
  app.notFound((c) => respondWith(c, problem('not-found', `There is nothing at ${c.req.path}.`)));

  async function editionFor(c: Context<EdgeEnv>, here: RequestPlatform): Promise<Edition> {
    const apartment = Name.safeParse(c.req.query('apartment') ?? platform.defaultApartment);
    if (!apartment.success)
      refuse('invalid-request', 'The query has a fault.', [{ path: 'apartment', message: 'names the apartment, such as ?apartment=shop' }]);
    const edition = await source.get(apartment.data!, here);
    return edition ?? refuse('not-found', `No snapshot of ${apartment.data} has reached this edge (${platform.environment}).`);
  }

  app.get('/manifest', async (c) => {
    const here = platformOf(c);
    buffer.resume(here);
    const edition = await editionFor(c, here);
    const origin = c.req.header('origin') ?? '';
    const asking = {
      url: new URL(c.req.url),
      cookie: (name: string) => getCookie(c, name),
      country: here.country,
      origin: mayAsk(origin) ? origin : undefined,
      basePath: platform.basePath,
    };
    return serveManifest(tools, edition, await whoAsks(asking, edition.program, sealer, platform.randomId), c.req.raw, here);
  });

  app.get('/release.json', async (c) => serveRelease(await editionFor(c, platformOf(c)), c.req.raw));

  app.post('/beacons', async (c) => {
    c.header('cache-control', 'no-store');
    return c.json(await takeBeacon(tools, c.req.raw, platformOf(c)), 202);
  });

  app.put('/snapshots/:apartment', async (c) =>
    c.json(await takeSnapshot(platform, verify, source, c.req.param('apartment'), c.req.raw, platformOf(c)), 200),
  );

  app.get('/health', (c) => {
    c.header('cache-control', 'no-store');
    const { environment, settingFaults } = platform;
    return c.json({ environment, setting_faults: settingFaults, snapshots: source.report(), beacons: buffer.report() });
  });

  for (const [path, allow] of Object.entries(METHODS)) {
    app.all(path, (c) => {
      c.header('allow', allow);
      return respondWith(c, problem('method-not-allowed', `${c.req.path} takes ${allow}.`));
    });
  }
  return app;
}

import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { HOST } from './ports.ts';

/** Anybody may load a unit under any name of this machine. */
const UNITS = '/units/';

export type ShopServer = { stop: () => Promise<void> };

/** Serves the example's page and its units, as a web server or a bucket with a CDN would. */
export async function startShopServer({ root, port, edgeUrl }: { root: string; port: number; edgeUrl: string }): Promise<ShopServer> {
  const app = new Hono();
  app.use('*', async (c, next) => {
    await next();
    c.header('access-control-allow-origin', '*');
    c.header('x-content-type-options', 'nosniff');
  });
  // The edge's cookie is of the site 127.0.0.1: under another name of this machine every page would be a new visitor's.
  app.get('*', async (c, next) => {
    const asked = new URL(c.req.url);
    if (asked.hostname !== 'localhost' || asked.pathname.startsWith(UNITS)) return next();
    c.header('cache-control', 'no-store');
    return c.redirect(`http://${HOST}:${port}${asked.pathname}${asked.search}`, 308);
  });
  app.get('/', async (c) => {
    const html = await readFile(join(root, 'host', 'index.html'), 'utf8');
    c.header('cache-control', 'no-cache');
    return c.html(html.replaceAll('%CONCIERGE_EDGE%', edgeUrl));
  });
  const immutable = (_path: string, c: { header: (name: string, value: string) => void }): void =>
    c.header('cache-control', 'public, max-age=31536000, immutable');
  app.use(`${UNITS}*`, serveStatic({ root, onFound: immutable }));
  app.use('/assets/*', serveStatic({ root: join(root, 'host'), onFound: immutable }));
  app.use('/*', serveStatic({ root: join(root, 'host') }));

  const server = await new Promise<Server>((done, fail) => {
    const started = serve({ fetch: app.fetch, hostname: HOST, port }, () => done(started as Server)) as Server;
    started.once('error', fail);
  });
  return {
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

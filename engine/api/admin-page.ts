import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Hono } from 'hono';
import { setCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import { problem } from '#schemas/problem.ts';
import { SESSION_COOKIE } from './authorize.ts';
import type { ApiEnv } from './environment.ts';
import { respondWith } from './errors.ts';

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

export type AdminPageOptions = {
  /** The folder that `npm run build:admin` fills. */
  root: string;
  /** Given on a one-person machine: whoever opens the page over loopback is signed in with this token. */
  localToken?: string;
};

/** Serves the admin UI under /admin. */
export function mountAdminPage(app: Pick<Hono<ApiEnv>, 'use' | 'get'>, { root, localToken }: AdminPageOptions): void {
  const signIn = createMiddleware(async (c, next) => {
    // Another name for this address in Host means a page elsewhere had its DNS rebound to us.
    if (localToken !== undefined && LOOPBACK_HOST.test(c.req.header('host') ?? '')) {
      setCookie(c, SESSION_COOKIE, localToken, { path: '/', httpOnly: true, sameSite: 'Strict' });
    }
    return next();
  });
  const page = createMiddleware(async (c) => {
    const html = await readFile(join(root, 'index.html'), 'utf8').catch(() => undefined);
    if (html === undefined) return respondWith(c, problem('not-found', 'The admin UI is not built. Run "npm run build:admin".'));
    c.header('cache-control', 'no-cache');
    return c.html(html);
  });
  const headers = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      frameAncestors: ["'none'"],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
    },
    xFrameOptions: 'DENY',
    strictTransportSecurity: false, // whoever ends TLS in front of the engine says that
  });

  app.get('/', (c) => c.redirect('/admin/'));
  app.get('/admin', (c) => c.redirect('/admin/'));
  app.use('/admin/*', headers);
  if (existsSync(root))
    app.use(
      '/admin/assets/*',
      serveStatic({
        root,
        rewriteRequestPath: (path) => path.slice('/admin'.length),
        onFound: (_path, c) => c.header('cache-control', 'public, max-age=31536000, immutable'),
      }),
    );
  app.get('/admin/*', signIn, page);
}

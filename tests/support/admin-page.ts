import { join } from 'node:path';
import { serve } from '@hono/node-server';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { mountAdminPage } from '#engine/api/admin-page.ts';
import { ROOT, buildAdmin } from '#local/build.ts';
import { launchChromium } from '#local/chromium.ts';
import type { TokenScope } from '#schemas/api.ts';
import { testApi } from './api.ts';
import type { TestServices } from './services.ts';

export type OpenAdminPage = (
  services: TestServices,
  path: string,
  scope?: Partial<TokenScope> & Pick<TokenScope, 'role'>,
) => Promise<{ page: Page; open: () => Promise<void> }>;

/** The admin UI in a real browser, over the real API: each call is a page at a path below /admin, signed in. For a whole file of tests. */
export function adminPages(): OpenAdminPage {
  let browser: Browser;
  beforeAll(async () => {
    await buildAdmin();
    browser = await launchChromium(() => undefined);
  });
  afterAll(() => browser?.close());

  return async (services, path, scope = { role: 'admin' }) => {
    const { app, tokenFor, unexpected } = await testApi(services);
    mountAdminPage(app, { root: join(ROOT, 'admin-ui', 'dist'), localToken: await tokenFor(scope) });
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
    await new Promise((done) => server.once('listening', done));
    const { port } = server.address() as { port: number };
    const context = await browser.newContext();
    onTestFinished(async () => {
      await context.close();
      server.close();
      expect(unexpected).toEqual([]);
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    return { page, open: async () => void (await page.goto(`http://127.0.0.1:${port}/admin${path}`)) };
  };
}

import { serve } from '@hono/node-server';
import { onTestFinished } from 'vitest';
import type { testApi } from './api.ts';
import { type CliResult, runCli } from './run-cli.ts';

/** The real command line against this API, over loopback for as long as the test runs, as an admin. Each command is a process of its own. */
export async function cliOver(api: Awaited<ReturnType<typeof testApi>>, environment: Record<string, string> = {}) {
  const server = serve({ fetch: api.app.fetch, hostname: '127.0.0.1', port: 0 });
  onTestFinished(() => void server.close());
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { port: number };
  const admin = { CONCIERGE_URL: `http://127.0.0.1:${port}`, CONCIERGE_TOKEN: await api.tokenFor({ role: 'admin' }) };
  return (...args: string[]): Promise<CliResult> => runCli(args, { ...admin, ...environment });
}

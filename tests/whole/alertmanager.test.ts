import { readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT } from '#local/build.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { testApiWithShop } from '../support/api.ts';
import { PLACE, planOf } from '../support/fixtures.ts';
import { startAlertmanager, until } from '../support/monitoring.ts';
import { ANA, temporaryFolder } from '../support/services.ts';

/** The configuration in docs/metrics.md. */
function documentedConfig(): string {
  const [, config] = /```yaml\n(route:[^`]*)```/.exec(readFileSync(join(ROOT, 'docs', 'metrics.md'), 'utf8')) ?? [];
  return config!;
}

it('an alert in a real Alertmanager pauses the rollout that it names; one that says so takes it back', async () => {
  const api = await testApiWithShop();
  const { services } = api;
  const { rollout: main } = await startRollout(services, PLACE, planOf(), ANA);
  const { rollout: header } = await startRollout(services, PLACE, planOf({ units: ['header@1.1.0'] }), ANA);
  const token = await api.tokenFor({ role: 'alerts', apartment: 'shop', environment: 'production' });
  const asked: number[] = [];
  const server = serve({
    fetch: async (request: Request) => {
      const response = await api.app.fetch(request);
      asked.push(response.status);
      return response;
    },
    hostname: '127.0.0.1',
    port: 0,
  }) as Server;
  onTestFinished(() => void server.close());
  await until(
    async () => server.listening,
    (listening) => listening,
  );

  const folder = temporaryFolder();
  writeFileSync(join(folder, 'token'), token);
  const port = (server.address() as AddressInfo).port;
  const config = documentedConfig()
    .replace('https://engine.example', `http://127.0.0.1:${port}`)
    .replace('/etc/alertmanager/concierge-token', join(folder, 'token'))
    .replace('group_wait: 10s', 'group_wait: 1s\n  group_interval: 1s\n  repeat_interval: 1s');
  const alertmanager = await startAlertmanager(config);
  onTestFinished(alertmanager.stop);
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      { labels: { alertname: 'CheckoutErrors', concierge_rollout: main.id }, annotations: { summary: 'Checkout fails.' } },
      { labels: { alertname: 'HeaderErrors', concierge_building: 'header', concierge_action: 'roll-back' } },
    ]),
  });
  expect(answer.status).toBe(200);

  const rollouts = async () => (await services.revisions.head(PLACE))!.document.rollouts;
  const done = await until(rollouts, (now) => now[main.id]!.state === 'paused' && now[header.id]!.state === 'rolled-back');
  expect(done[main.id]!.state_reason).toBe('Alert CheckoutErrors is firing: Checkout fails.');
  expect(done[header.id]!.state_reason).toBe('Alert HeaderErrors is firing.');

  // It repeats them for as long as they fire; nothing more comes of it.
  const revision = (await services.revisions.head(PLACE))!.number;
  const before = asked.length;
  await until(
    async () => asked.length,
    (count) => count >= before + 2,
  );
  expect((await services.revisions.head(PLACE))!.number).toBe(revision);
  expect(new Set(asked)).toEqual(new Set([200]));
  expect(api.unexpected).toEqual([]);
});

import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startEngine } from '#local/engine-process.ts';
import { unitOf } from '../support/fixtures.ts';
import { listen } from '../support/listen.ts';
import { until } from '../support/monitoring.ts';

const SECRET = 'a secret of this very test';

/** The engine as a process, with a metric source and a webhook secret in its environment, and a shop with two headers and two mains. */
async function given(sourceUrl: string) {
  const data = mkdtempSync(join(tmpdir(), 'concierge-metrics-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  writeFileSync(join(data, 'billing-token'), 'token of the source\n');
  const settings = {
    CONCIERGE_METRIC_SOURCES: `billing=${sourceUrl}/api`,
    CONCIERGE_METRIC_TOKEN_BILLING_FILE: join(data, 'billing-token'),
    CONCIERGE_WEBHOOK_SECRET: SECRET,
  };
  Object.assign(process.env, settings);
  const engine = await startEngine({ data, port: 0, edges: [], tickMs: 200, log: () => undefined }).finally(() => {
    for (const name of Object.keys(settings)) delete process.env[name];
  });
  onTestFinished(engine.stop);
  const token = readFileSync(join(data, 'tokens', 'admin'), 'utf8').trim();
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { authorization: `Bearer ${token}` },
  ) => {
    const response = await fetch(`${engine.url}/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, any>;
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  await ask('POST', 'environments', { apartment: 'shop', environment: 'production' });
  for (const building of ['header', 'main']) {
    for (const version of ['1.0.0', '1.1.0']) {
      const { id: _, rollout: __, ...unit } = unitOf(`${building}@${version}`);
      await ask('POST', 'apartments/shop/units', { building, unit });
    }
    await ask('PUT', `apartments/shop/environments/production/buildings/${building}`, { category: building, unit: `${building}@1.0.0` });
  }
  return { ask, place: 'apartments/shop/environments/production' };
}

it('the engine asks the source that its environment names, with its token, and takes the rollout back; a signed alert pauses the other', async () => {
  const tokens: (string | undefined)[] = [];
  const source = await listen((request, response) => {
    tokens.push(request.headers.authorization);
    response.setHeader('content-type', 'application/json').end('{"refunds": 7}');
  });
  const { ask, place } = await given(source.url);
  const query = { kind: 'web', source: 'billing', path: 'refunds/{{unit}}', pointer: '/refunds' };
  const metrics = [{ name: 'refunds', query, success: { lt: 5 } }];
  const { rollout: main } = await ask('POST', `${place}/rollouts`, { units: ['main@1.1.0'], analysis: { metrics } });
  const { rollout: header } = await ask('POST', `${place}/rollouts`, { units: ['header@1.1.0'] });

  const ended = await until(
    () => ask('GET', `${place}/rollouts/${main.id}`),
    ({ rollout }) => rollout.state !== 'running',
  );
  expect(ended.rollout.state).toBe('rolled-back');
  expect(ended.rollout.state_reason).toContain('Metric refunds failed once; 0 are borne. Last: canary/main: 7, which is not < 5');
  expect(source.asked).toEqual(['GET /api/refunds/main%401.1.0']);
  expect(tokens).toEqual(['Bearer token of the source']);

  const alert = JSON.stringify({ name: 'slo', status: 'firing', building: 'header' });
  const seconds = Math.floor(Date.now() / 1_000);
  const signature = `t=${seconds},v1=${createHmac('sha256', SECRET).update(`${seconds}.${alert}`).digest('hex')}`;
  expect(await ask('POST', `${place}/alerts`, alert, { 'x-concierge-signature': signature })).toEqual({
    results: [{ alert: 'slo', outcome: 'paused', rollout: header.id }],
  });
});

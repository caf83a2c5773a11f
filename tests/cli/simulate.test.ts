import type { Server } from 'node:http';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { expect, it, onTestFinished } from 'vitest';
import { EXIT } from '#cli/failure.ts';
import { Simulation } from '#schemas/simulation.ts';
import { testApi } from '../support/api.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/services.ts';

/** The real command line, asking an engine that listens. */
async function simulate(...args: string[]): Promise<CliResult> {
  const { app, tokenFor } = await testApi();
  const server = await new Promise<Server>((done) => {
    const started = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => done(started as Server));
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const CONCIERGE_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return runCli(['simulate', ...args], { CONCIERGE_URL, CONCIERGE_TOKEN: await tokenFor({ role: 'viewer' }) });
}

const SMALL = ['--runs', '3', '--tick', '60s', '--risks', 'none', '--traffic', '200'];

it('tells what comes of a plan made of the options of a start', async () => {
  const { code, stdout } = await simulate(
    'main@2.0.0',
    '--steps',
    '50,100',
    '--duration',
    '5m',
    '--promotion',
    'limits',
    ...SMALL,
    '--json',
  );
  expect(code).toBe(0);
  expect(Simulation.parse(JSON.parse(stdout))).toMatchObject({
    planned_minutes: 10,
    visitors_per_minute: 200,
    runs: { runs: 3, ends: { completed: 3 } },
    catches: [],
    complete: true,
  });
});

it('takes a plan and a scenario from files, and draws a chart', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'plan.json'), JSON.stringify({ units: ['main@2.0.0'], steps: [50, 100] }));
  writeFileSync(join(folder, 'bad.json'), JSON.stringify({ regression: { errors: 60 } }));
  const { code, stdout } = await simulate('--plan', join(folder, 'plan.json'), '--scenario', join(folder, 'bad.json'), ...SMALL);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Rolled back {2}100 %, after \d+ min/m);
  expect(stdout).toMatch(/min ×{40}$/m);
});

it.each<[string, string[], number, RegExp]>([
  ['a plan that cannot be started', ['main@2.0.0', '--steps', '50'], EXIT.refused, /--steps: step 1: the last step/],
  ['too much', ['main@2.0.0', '--runs', '5000', '--tick', '1s'], EXIT.refused, /--runs: asks for up to/],
  [
    'a scenario that is nowhere',
    ['--scenario', 'sunny'],
    EXIT.usage,
    /--scenario: sunny is neither a scenario nor a file\. The scenarios with a name are healthy, .*returning/,
  ],
  ['a scenario that is no JSON', ['--scenario', 'README.md'], EXIT.usage, /--scenario: README\.md cannot be read as JSON: .*healthy, /],
  ['a plan that is nowhere', ['--plan', 'nowhere.json'], EXIT.usage, /nowhere.json cannot be read as JSON/],
])('refuses %s', async (_, args, exit, words) => {
  const { code, stderr } = await simulate(...args);
  expect(stderr).toMatch(words);
  expect(code).toBe(exit);
});

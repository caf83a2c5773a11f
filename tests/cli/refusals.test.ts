import { mkdirSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { expect, it, onTestFinished } from 'vitest';
import { EXIT } from '#cli/failure.ts';
import { testApiWithShop } from '../support/api.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/services.ts';

/** The data folder of an engine that listens, with the shop. */
async function localEngine(): Promise<string> {
  const { app, tokenFor } = await testApiWithShop();
  const server = await new Promise<Server>((done) => {
    const started = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => done(started as Server));
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const data = temporaryFolder();
  mkdirSync(join(data, 'tokens'));
  writeFileSync(join(data, 'tokens', 'admin'), await tokenFor({ role: 'admin' }));
  writeFileSync(join(data, 'engine-url'), `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return data;
}

const NO_DATA = join('no', 'such', 'data');

it.each<[string, string[], { exit: number; code: string; detail: string | RegExp }]>([
  ['nothing is under way', ['rollout', 'pause'], { exit: EXIT.refused, code: 'not-found', detail: /^No rollout is under way/ }],
  [
    'no such apartment is there',
    ['-a', 'nope', 'status'],
    { exit: EXIT.refused, code: 'not-found', detail: /no environment of nope .*There is: shop\/production/ },
  ],
  [
    'no token is there',
    ['--data', NO_DATA, 'status'],
    { exit: EXIT.refused, code: 'unauthenticated', detail: /no\/such\/data\/tokens\/admin/ },
  ],
  ['the engine refuses', ['rollout', 'start', 'main@7.0.0'], { exit: EXIT.refused, code: 'unprocessable', detail: 'Some units' }],
  ['no such command is there', ['nosuch'], { exit: EXIT.usage, code: 'usage', detail: /^unknown command 'nosuch'/ }],
  ['an option is missing', ['publish', 'x'], { exit: EXIT.usage, code: 'usage', detail: /--building <name>/ }],
  ['an option is wrong', ['--url', 'x', 'status'], { exit: EXIT.usage, code: 'usage', detail: /not a URL/ }],
])('as JSON, when %s', async (_, args, { exit, code, detail }) => {
  const { code: exitCode, stdout, stderr } = await runCli(['--data', await localEngine(), '--json', ...args]);
  const told = JSON.parse(stderr) as { code: string; detail: string };
  expect([exitCode, told.code, stdout]).toEqual([exit, code, '']);
  expect(told.detail).toMatch(detail);
});

it('for people, a refused rollout names options and what to do next', async () => {
  const { code, stderr } = await runCli(['--data', await localEngine(), 'rollout', 'start', 'main@1.1.0', 'main@7.0.0', '--country', 'kr']);
  expect(code).toBe(EXIT.refused);
  expect(stderr).toContain('unit "main@7.0.0": main@7.0.0 is not published');
  expect(stderr).toContain('"concierge units" lists what is published');
});

it('countries may be given in lower case', async () => {
  const { code, stdout } = await runCli(['--data', await localEngine(), 'rollout', 'start', 'main@1.1.0', '--country', 'kr']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('Only for visitors in KR.')]);
});

it.each<[string, string, boolean]>([
  ['for a building that nothing has is warned about', 'nosuch', true],
  ['for a building that is there is not', 'main', false],
])('a unit published %s', async (_, building, isWarned) => {
  const data = await localEngine();
  const file = join(data, 'entry.js');
  writeFileSync(file, 'export {}');
  const source = [file, '--at', 'https://cdn.example/entry.js', '--no-verify'];
  const { code, stderr } = await runCli(['--data', data, 'publish', ...source, '-b', building, '-v', '2.0.0']);
  expect([code, stderr.includes(`has a building ${building} yet`)]).toEqual([0, isWarned]);
});

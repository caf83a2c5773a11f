import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createFolderObjectStore } from '#engine/adapters/folder-object-store.ts';
import { createShadowStore } from '#engine/adapters/shadow-store.ts';
import { writeShadow } from '#engine/controller/write-shadow.ts';
import { change } from '#engine/services/change.ts';
import { testApiWithShop } from '../support/api.ts';
import { cliOver } from '../support/cli-over-api.ts';
import { PLACE } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';
import { ANA, seedShop, temporaryFolder, testServices } from '../support/services.ts';

// Each command is a process or two of its own.
vi.setConfig({ testTimeout: 180_000 });

/** The real command line against the real API. */
async function shop() {
  const api = await testApiWithShop();
  const run = await cliOver(api);
  return { api, run };
}

it('tells differences, the audit log and what a visitor got, and restores', async () => {
  const { api, run } = await shop();
  await run('rollout', 'start', 'header@1.1.0', '--steps', '25,100', '--country', 'KR');
  expect((await run('history', 'diff', '4', '5')).stdout).toBe('From revision 4 to revision 5:\n  header 1.0.0 → 1.1.0 for 25 % of KR\n');
  expect((await run('history', 'diff')).stdout).toContain('From revision 4 to revision 5');
  expect((await run('history', '--limit', '1')).stdout).toMatch(/^revision .*\n5 /);
  expect((await run('history', 'audit', '--limit', '1')).stdout).toMatch(
    /^5 .*admin token: Started [^]*25 % of KR\n {2}start-rollout, digest [0-9a-f]{16}…\n$/,
  );
  const explained = await run('explain', '--visitor', 'v', '--revision', '3');
  expect(explained.stdout).toMatch(/^As of revision 3:\nbuilding/);
  const manifest = (await run('explain', '--visitor', 'v', '--revision', '3', '--manifest')).stdout;
  expect(JSON.parse(manifest)).toMatchObject({ version: 3 });
  const time = new Date(api.services.clock.now).toISOString();
  expect((await run('explain', '--visitor', 'v', '--at', time)).stdout).toContain('As of revision 5, decided then');
  expect((await run('history', 'restore', '4', '--reason', 'no')).stdout).toBe(
    'Restored everything as it was in revision 4. no (revision 6)\n',
  );
});

it.each([
  [['explain', '--visitor', 'v', '--at', 'yesterday'], 2, 'Use a time with its offset'],
  [['explain', '--visitor', 'v', '--at', '2026-01-01T00:00Z', '--revision', '1'], 2, 'cannot be used with'],
  [['history', 'diff', '4', '99'], 1, 'There is no revision 99'],
])('%j ends with %d', async (args, code, words) => {
  const { run } = await shop();
  const result = await run(...args);
  expect(result).toMatchObject({ code, stderr: expect.stringContaining(words) });
});

it('verifies a database without an engine', async () => {
  const { api } = await shop();
  const { file, database } = api.services;
  expect(await runCli(['verify', '--file', file])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Everything is as it was written.'),
  });
  database.$client.exec(`update revisions set actor = 'mallory' where number = 2`);
  const found = await runCli(['verify', '--file', file]);
  expect(found).toMatchObject({ code: 1, stdout: expect.stringContaining('error    shop/production  Revision 2 was changed') });
  const { findings } = JSON.parse((await runCli(['verify', '--file', file, '--json'])).stdout);
  expect(findings).toMatchObject([{ kind: 'tampered', revision: 2 }]);
  expect(await runCli(['verify', '--file', `${file}.none`])).toMatchObject({
    code: 1,
    stderr: `concierge: There is no database ${file}.none.\n`,
  });
  expect(await runCli(['verify', '--file', file, '--head', 'x'])).toMatchObject({ code: 2 });
});

it('recovers a lost database without an engine, and tells first', async () => {
  const folder = temporaryFolder();
  const services = testServices(join(folder, 'engine.sqlite'));
  await seedShop(services);
  await change(services, PLACE, ANA, () => ({ type: 'set-holdout', percentage: 5, salt: 'h' }));
  await writeShadow(services, createShadowStore(createFolderObjectStore(join(folder, 'shadow'))));
  const head = (await services.revisions.head(PLACE))!;
  services.database.$client.close();
  const run = (...args: string[]) => runCli(args, { CONCIERGE_DATA: folder });
  expect(await run('verify', '--shadow', join(folder, 'shadow'))).toMatchObject({ code: 0, stdout: expect.stringContaining(head.digest) });
  expect(await run('recover')).toMatchObject({ code: 0, stdout: expect.stringContaining('is whole') });
  expect(await run('recover', '--apply')).toMatchObject({ code: 1, stderr: expect.stringContaining('is whole') });
  rmSync(join(folder, 'engine.sqlite'));
  expect(await run('recover')).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing was written') });
  expect(existsSync(join(folder, 'engine.sqlite'))).toBe(false);
  expect(await run('recover', '--from', 'shadow', '--in-place', '--apply')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('was made anew'),
  });
  const asNew = await run('recover', '--as-new', '--revision', '2', '-a', 'shop', '-e', 'production', '--apply', '--json');
  expect(asNew).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(asNew.stdout)).toEqual({ applied: true, revision: 6, from: 2 });
  expect(await run('recover', '--revision', '2')).toMatchObject({ code: 2 });
});

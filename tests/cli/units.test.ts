import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createUnitLoader } from '#engine/adapters/load-unit.ts';
import { change } from '#engine/services/change.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { testApi } from '../support/api.ts';
import { cliOver } from '../support/cli-over-api.ts';
import { PLACE, planOf } from '../support/fixtures.ts';
import { listen } from '../support/listen.ts';
import { ANA, publish, seedShop, temporaryFolder, testServices } from '../support/services.ts';

// Each command is a process of its own.
vi.setConfig({ testTimeout: 180_000 });

const BYTES = 'export const mount = () => {};';
const integrity = (bytes: string): string => `sha384-${createHash('sha384').update(bytes).digest('base64')}`;

/** The real command line against the real API, which loads units for real. */
async function shop() {
  const services = testServices();
  services.unitLoader = createUnitLoader({ loopback: true }, { wait: async () => undefined });
  await seedShop(services);
  const api = await testApi(services);
  return { services, run: await cliOver(api) };
}

it('publishes what a URL serves, a file, and a folder; the engine compares', async () => {
  const { services, run } = await shop();
  let failures = 1;
  const cdn = await listen((request, response) => {
    if (request.url === '/flaky.js' && failures-- > 0) response.writeHead(503).end();
    else if (request.url === '/gone.js') response.writeHead(404).end();
    else response.end(BYTES);
  });
  const dist = join(temporaryFolder(), 'dist');
  mkdirSync(dist);
  writeFileSync(join(dist, 'remoteEntry.js'), BYTES);
  writeFileSync(join(dist, 'other.js'), `${BYTES} `);
  const at = (name: string): string => `${cdn.url}/${name}.js`;
  const version = (text: string): string[] => ['-b', 'main', '-v', text];

  const first = await run('publish', at('flaky'), ...version('v2.0.0.snap.20260110'), '--keep-days', '3');
  expect(first).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`main@2.0.0-0.snap.20260110 (v2.0.0.snap.20260110) for shop/main (30 bytes, ${integrity(BYTES)})`),
  });
  expect(cdn.asked).toEqual(['GET /flaky.js', 'GET /flaky.js']);
  expect(await services.units.get('shop', 'main@2.0.0-0.snap.20260110')).toMatchObject({ expires_at: services.clock.now + 3 * 86_400_000 });

  expect(await run('publish', dist, '--at', at('a'), ...version('2.0.0-rc.1'))).toMatchObject({ code: 0 });
  expect(await run('publish', at('a'), '--file', join(dist, 'remoteEntry.js'), ...version('2.0.0-rc.1'))).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Was published already/),
  });
  const refusals: [string[], number, string][] = [
    [[at('a'), '--integrity', integrity('else'), ...version('2.0.1')], 1, `--checksum: the URL serves ${integrity(BYTES)}`],
    [[at('a'), '--file', join(dist, 'other.js'), ...version('2.0.1')], 1, `the file: the URL serves ${integrity(BYTES)}`],
    [[dist, '--at', at('a'), '--checksum', integrity('else'), ...version('2.0.1')], 1, 'another digest than you expect'],
    [[at('gone'), ...version('2.0.1')], 1, 'cannot be loaded: it answered 404'],
    [[at('a'), '--no-verify', ...version('2.0.1')], 2, 'give --file'],
  ];
  const results = await Promise.all(refusals.map(([args]) => run('publish', ...args)));
  for (const [index, [, code, words]] of refusals.entries()) {
    expect(results[index]).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
  }
  expect(await services.units.get('shop', 'main@2.0.1')).toBeNull();

  // What a version is, it says itself; only what it does not say is told beside it.
  expect((await services.units.get('shop', 'main@2.0.0-rc.1'))!.unit).not.toHaveProperty('status');
  expect(await run('publish', at('a'), ...version('2.0.2'), '--status', 'beta')).toMatchObject({ code: 0 });
  expect((await run('units', '--name', 'main', '--limit', '3')).stdout.match(/main@\S+(?: \(\S+\))? +main +\w+/g)).toEqual([
    expect.stringMatching(/^main@2\.0\.2 +main +beta$/),
    expect.stringMatching(/^main@2\.0\.0-rc\.1 +main +rc$/),
    expect.stringMatching(/^main@2\.0\.0-0\.snap\.20260110 \(v2\.0\.0\.snap\.20260110\) +main +snapshot$/),
  ]);
});

it('lists, shows, promotes and expires', async () => {
  const { services, run } = await shop();
  await publish(services, 'main@2.0.0-rc.1', 'main@2.0.0-0.snap.20260110');
  const { rollout } = await startRollout(services, PLACE, planOf({ units: ['main@2.0.0-rc.1'] }), ANA);
  await change(services, PLACE, ANA, () => ({ type: 'promote-rollout', rollout: rollout.id, to: 'done' }));

  const promoted = await run('units', 'promote', 'main', 'v2.0.0', '--reason', 'it is good');
  expect(promoted).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Promoted 2\.0\.0-rc\.1 to main@2\.0\.0 \(sha384-.*; survived production\/main-/),
  });
  expect(await run('units', 'promote', 'main', '2.0.0')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^main@2\.0\.0 is there already/),
  });
  expect(await run('units', 'promote', 'main', '2.1.0')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('<version>: there is no release candidate of 2.1.0'),
  });
  const { stdout: shown } = await run('units', 'show', 'main@v2.0.0');
  expect(shown).toMatch(
    /promoted by admin token at .*\n {2}used by nothing\n {2}promoted from 2\.0\.0-rc\.1 \(record [0-9a-f]{64}\): it is good\n {4}production {2}main-\w+ {2}survived at /,
  );
  const { stdout: versions } = await run('units', 'versions', 'main');
  expect(versions.split('\n').map((line) => line.split(' ')[0])).toEqual([
    'version',
    '2.0.0',
    '2.0.0-rc.1',
    '2.0.0-0.snap.20260110',
    '1.1.0',
    '1.0.0',
    '',
  ]);
  expect(versions).toMatch(/2\.0\.0-rc\.1 +rc +.* production\n/);
  expect(versions).toMatch(/\(v2\.0\.0\.snap\.20260110\) +snapshot, until 2026/);
  expect(versions).toMatch(/2\.0\.0 +stable /);
  expect(versions).toContain('2.0.0-0.snap.20260110 (v2.0.0.snap.20260110)');
  const page = await run('units', '--limit', '1', '--json');
  const { next_before: next } = JSON.parse(page.stdout);
  expect(JSON.parse((await run('units', '--limit', '100', '--before', next, '--json')).stdout).units).toHaveLength(8);
  expect(await run('units', 'expire', 'main@v2.0.0.snap.20260110')).toMatchObject({ code: 0, stdout: expect.stringContaining('has gone') });
  expect((await run('units', '--expired')).stdout).toMatch(
    /main@2\.0\.0-0\.snap\.20260110 \(v2\.0\.0\.snap\.20260110\) +main +expired 2026/,
  );
  // Either form is good wherever a unit is named.
  expect(await run('rollout', 'start', 'main@v2.0.0')).toMatchObject({ code: 0 });
});

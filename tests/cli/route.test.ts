import { expect, it, vi } from 'vitest';
import { createUnitLoader } from '#engine/adapters/load-unit.ts';
import { createShadowStore } from '#engine/adapters/shadow-store.ts';
import { writeShadow } from '#engine/controller/write-shadow.ts';
import { testApi } from '../support/api.ts';
import { cliOver } from '../support/cli-over-api.ts';
import { PLACE } from '../support/fixtures.ts';
import { listen } from '../support/listen.ts';
import { memoryObjectStore } from '../support/memory-object-store.ts';
import { seedShop, testServices } from '../support/services.ts';

// Each command is a process of its own.
vi.setConfig({ testTimeout: 180_000 });

const HOST = 'pr-12.preview.shop.example';
const SNAP = 'main@2.0.0-0.snap.20260110';

async function shop() {
  const services = testServices();
  services.unitLoader = createUnitLoader({ loopback: true }, { wait: async () => undefined });
  await seedShop(services);
  const api = await testApi(services);
  return { services, run: await cliOver(api) };
}

it('a snapshot is published and shown at its host, listed, explained, and goes with its snapshot', async () => {
  const { services, run } = await shop();
  const cdn = await listen((_, response) => void response.end('export const mount = () => {};'));
  const snapshot = ['publish', `${cdn.url}/pr-12.js`, '-b', 'main', '-v', 'v2.0.0.snap.20260110'];

  const wrong = await run(...snapshot, '--host', 'https://pr-12.preview.shop.example');
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('--host "https://pr-12.preview.shop.example": is a URL') });
  expect(await services.units.get('shop', SNAP)).toBeNull(); // told before anything is published

  const published = await run(...snapshot, '--host', HOST);
  expect(published).toMatchObject({ code: 0, stdout: expect.stringContaining(`\nSet host ${HOST} to ${SNAP}.\n`) });
  expect(JSON.parse((await run(...snapshot, '--host', HOST, '--json')).stdout)).toMatchObject({
    created: false,
    hosts: [{ host: HOST, revision: 5 }],
  });
  expect((await services.revisions.head(PLACE))!.number).toBe(5);

  const until = new Date(services.clock.now + 14 * 86_400_000).toISOString();
  expect((await run('route', 'list')).stdout).toContain(`${HOST}  ${SNAP} (v2.0.0.snap.20260110)  ${until}`);
  expect((await run('explain', '--visitor', 'v', '--host', HOST)).stdout).toMatch(
    new RegExp(`main +${SNAP.replaceAll('.', String.raw`\.`)} +host-route +${HOST}`),
  );
  expect((await run('units', 'show', SNAP)).stdout).toContain(`production (host-route ${HOST})`);
  expect(await run('units', 'expire', SNAP)).toMatchObject({ code: 0 });
  expect((await run('history', '--limit', '1')).stdout).toContain(`Removed host ${HOST}: ${SNAP} has expired.`);
  expect((await run('route', 'list')).stdout).toBe('shop/production has no host routes.\n');
});

it('a route is set and removed, and what is wrong with it is told', async () => {
  const { run } = await shop();
  expect(await run('route', 'set', HOST, 'main@1.1.0', 'header@1.1.0')).toMatchObject({
    code: 0,
    stdout: `Set host ${HOST} to main@1.1.0, header@1.1.0.\n`,
  });
  const refused = await run('route', 'set', 'PR-12.shop.example', 'main@1.1.0');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('\n  host: has capitals in it') });
  expect(await run('route', 'set', HOST, 'main@7.0.0')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('unit "main@7.0.0": main@7.0.0 is not published'),
  });
  expect(await run('route', 'remove', HOST)).toMatchObject({ code: 0, stdout: `Removed host ${HOST}.\n` });
  expect(await run('route', 'remove', HOST)).toMatchObject({ code: 1, stderr: expect.stringContaining(`has no host ${HOST}`) });
});

it('tells how far the shadow is behind, with revisions and with units', async () => {
  const { services, run } = await shop();
  const objects = memoryObjectStore();
  const shadow = createShadowStore(objects);
  services.shadow = shadow;
  services.clock.now += 600_000;
  await writeShadow(services, shadow);
  const lines = (await run('stores')).stdout.trimEnd().split('\n');
  expect(lines.slice(0, 2)).toEqual([
    `database: 1 environment, the newest revision of ${new Date(services.clock.now - 600_000).toISOString()}`,
    'shadow: memory',
  ]);
  expect(lines.slice(3).map((line) => line.trim().split(/\s{2,}/))).toEqual([
    ['revisions', '4', '0', '–'],
    ['units', '0', '6', '10 min'],
  ]);
});

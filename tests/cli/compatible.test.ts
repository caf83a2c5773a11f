import { expect, it, vi } from 'vitest';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { testApiWithShop } from '../support/api.ts';
import { cliOver } from '../support/cli-over-api.ts';
import { PLACE, unitOf } from '../support/fixtures.ts';
import { ANA } from '../support/services.ts';

vi.setConfig({ testTimeout: 180_000 });

it('tells which versions fit, refuses the others with the combination, and warns of what a rollback leaves', async () => {
  const api = await testApiWithShop();
  const run = await cliOver(api);
  const { id: _, rollout: __, ...unit } = unitOf('header@2.0.0', { dependencies: { main: '^1.1.0' } });
  await publishUnit(api.services, PLACE.apartment, { building: 'header', unit }, ANA);

  const why = 'header 2.0.0 needs main ^1.1.0, and a visitor could have main 1.0.0 beside it (stable)';
  const listed = await run('compatible', 'header', '-e', 'production');
  expect(listed.stdout.split('\n')).toEqual([
    'As of revision 4:',
    'unit          building  beside    given by',
    `header@2.0.0  header    does not            ${why}`,
    'header@1.1.0  header    fits',
    'header@1.0.0  header    fits      stable',
    '',
  ]);
  const refused = await run('rollout', 'start', 'header@2.0.0');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/a visitor with header 2\.0\.0 \(rollout \S+, arm canary\) and main 1\.0\.0 \(stable\)/);

  await run('rollout', 'start', 'main@1.1.0');
  await run('rollout', 'promote', '--done');
  await run('rollout', 'start', 'header@2.0.0');
  await run('rollout', 'promote', '--done');
  const back = await run('rollback', '--building', 'main', '--to-revision', '4');
  expect(back.code).toBe(0);
  expect(back.stderr).toContain('warning: a visitor with header 2.0.0 (stable) and main 1.0.0 (stable): header 2.0.0 needs main ^1.1.0');
  expect((await run('compatible', 'nothing')).code).toBe(1);
});

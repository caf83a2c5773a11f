import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BootstrapError } from '#engine/bootstrap/bootstrap-error.ts';
import { adoptBootstrapCommand, checkBootstrapCommand } from '#engine/offline/bootstrap.ts';
import { change } from '#engine/services/change.ts';
import { SHOP_FILES, folderOf, yamlOf } from '../../support/bootstrap-folder.ts';
import { PLACE } from '../../support/fixtures.ts';
import { ANA, temporaryFolder, testServices } from '../../support/services.ts';

const run = async (
  command: typeof checkBootstrapCommand,
  options: Parameters<typeof checkBootstrapCommand>[0],
): Promise<{ code: number; text: string }> => {
  const lines: string[] = [];
  const code = await command(options, (line) => lines.push(line));
  return { code, text: lines.join('\n') };
};

it('a check tells what would be applied, to a copy: nothing is made and nothing changed', async () => {
  const folder = folderOf(temporaryFolder(), SHOP_FILES);
  const nowhere = join(temporaryFolder(), 'engine.sqlite');
  const first = await run(checkBootstrapCommand, { folder, file: nowhere });
  expect(first.code).toBe(0);
  expect(first.text.split('\n')).toContain('  production/0010-rollout.json for production: start-rollout, set-override, set-flag');
  expect(existsSync(nowhere)).toBe(false);

  const services = testServices(); // an engine that runs
  await change(services, PLACE, ANA, () => ({ type: 'create' }));
  const clash = { folder, file: services.file };
  const error = await run(checkBootstrapCommand, clash).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(BootstrapError);
  expect((error as Error).message).toContain('common/0002-segments.yaml:3:5: shop/production exists already.');
  const asJson = await run(checkBootstrapCommand, { ...clash, json: true });
  expect([asJson.code, JSON.parse(asJson.text)]).toMatchObject([
    1,
    { faults: [{ file: 'common/0002-segments.yaml', line: 3, column: 5 }] },
  ]);
  expect((await services.revisions.head(PLACE))!.number).toBe(1);
  expect(await services.bootstrap.applied()).toEqual([]);
});

it('what a database has already is adopted, and not applied', async () => {
  const services = testServices();
  const folder = folderOf(temporaryFolder(), SHOP_FILES);
  const options = { folder, file: services.file };
  expect((await run(adoptBootstrapCommand, options)).text).toMatch(/^Noted as applied:\n {2}common\/0001-units\.yaml for production\n/);
  expect((await run(adoptBootstrapCommand, options)).text).toBe('Every file was noted before.');
  expect(await services.revisions.head(PLACE)).toBeNull();
  expect(await run(checkBootstrapCommand, options)).toEqual({ code: 0, text: 'Nothing is left to be applied.' });
  folderOf(folder, { 'production/0001-early.yaml': yamlOf('  - type: create-environment') });
  await expect(run(adoptBootstrapCommand, options)).rejects.toThrow('comes before production/0003-buildings.yaml');
  await expect(run(adoptBootstrapCommand, { folder, file: join(folder, 'none.sqlite') })).rejects.toThrow('There is no database');
});

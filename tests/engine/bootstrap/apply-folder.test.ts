import { join } from 'node:path';
import { renameSync, symlinkSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTOR, adoptFolder, applyFolder } from '#engine/bootstrap/apply-folder.ts';
import { BootstrapError, faultLine } from '#engine/bootstrap/bootstrap-error.ts';
import { change } from '#engine/services/change.ts';
import type { Services } from '#engine/services/context.ts';
import { SHOP_FILES, folderOf, publishLine, yamlOf } from '../../support/bootstrap-folder.ts';
import { PLACE, unitOf } from '../../support/fixtures.ts';
import { ANA, type TestServices, publish, temporaryFolder, testServices } from '../../support/services.ts';

const STAGING = { ...PLACE, environment: 'staging' };

async function faultsOf(work: Promise<unknown>): Promise<string[]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof BootstrapError) return error.faults.map(faultLine);
    throw error;
  }
  throw new Error('it was applied');
}

const TABLES = ['bootstrap_files', 'units', 'revisions', 'requests', 'outbox', 'snapshots', 'shadow_outbox'];

/** Everything that is kept, row by row. */
const contents = ({ database }: Pick<TestServices, 'database'>): unknown =>
  Object.fromEntries(TABLES.map((table) => [table, database.$client.prepare(`select * from ${table} order by 1, 2, 3`).all()]));

describe('a folder', () => {
  it('is applied in order, common files to every environment, and once', async () => {
    const services = testServices();
    const root = folderOf(temporaryFolder(), SHOP_FILES);
    const done = await applyFolder(services, root);
    expect(done.map(({ environment, file }) => `${environment} ${file}`)).toEqual([
      'production common/0001-units.yaml',
      'production common/0002-segments.yaml',
      'production production/0003-buildings.yaml',
      'production production/0010-rollout.json',
      'staging common/0001-units.yaml',
      'staging common/0002-segments.yaml',
      'staging staging/0003-buildings.yaml',
    ]);
    const head = (await services.revisions.head(PLACE))!;
    expect(head.number).toBe(10);
    expect(head.document.overrides).toHaveProperty('qa');
    expect(Object.values(head.document.rollouts)).toMatchObject([{ state: 'running', started_by: ACTOR }]);
    const page = await services.revisions.list(PLACE, 100, 100);
    expect(new Set(page.map(({ actor }) => actor))).toEqual(new Set([ACTOR]));
    expect((await services.revisions.head(STAGING))!.document.buildings).toMatchObject({ main: { active_unit: 'main@1.1.0' } });
    const before = contents(services);
    expect(await applyFolder(services, root)).toEqual([]);
    expect(contents(services)).toEqual(before);
  });

  it('takes what is added later, for an environment that is added later too', async () => {
    const services = testServices();
    const root = folderOf(temporaryFolder(), SHOP_FILES);
    await applyFolder(services, root);
    folderOf(root, {
      'production/0011-more.yaml': yamlOf(
        '  - { type: set-holdout, percentage: 5 }',
        '  - { type: set-host-route, host: next.shop.example, route: { units: [main@1.1.0] } }',
      ),
      'dev/0003-buildings.yaml': yamlOf('  - { type: add-building, building: main, category: main, unit: main@1.0.0 }'),
    });
    expect((await applyFolder(services, root)).map(({ environment, file }) => `${environment} ${file}`)).toEqual([
      'dev common/0001-units.yaml',
      'dev common/0002-segments.yaml',
      'dev dev/0003-buildings.yaml',
      'production production/0011-more.yaml',
    ]);
    expect((await services.revisions.head(PLACE))!.document.host_routes).toEqual({
      'next.shop.example': { description: '', units: { main: 'main@1.1.0' } },
    });
  });

  it('says where a host route is wrong', async () => {
    const line = (host: string, unit: string) => `  - { type: set-host-route, host: ${host}, route: { units: [${unit}] } }`;
    const files = (text: string) => folderOf(temporaryFolder(), { ...SHOP_FILES, 'production/0011-more.yaml': yamlOf(text) });
    expect(await faultsOf(applyFolder(testServices(), files(line('shop.example:80', 'main@1.1.0'))))).toEqual([
      expect.stringMatching(/^production\/0011-more\.yaml:3:\d+: \/commands\/0\/host: has a port/),
    ]);
    expect(await faultsOf(applyFolder(testServices(), files(line('next.shop.example', 'main@7.0.0'))))).toEqual([
      expect.stringMatching(/^production\/0011-more\.yaml:3:7\d: main@7\.0\.0 is not published/),
    ]);
  });

  it('of units alone needs no environment', async () => {
    const services = testServices();
    const root = folderOf(temporaryFolder(), {
      'common/0001-units.yaml': SHOP_FILES['common/0001-units.yaml']!,
      'README.md': 'notes',
      '.git/x': '',
    });
    expect(await applyFolder(services, root)).toMatchObject([
      { environment: '', commands: ['publish-unit', 'publish-unit', 'publish-unit'] },
    ]);
    folderOf(root, { 'common/0002-environment.yaml': yamlOf('  - type: create-environment') });
    expect(await faultsOf(applyFolder(services, root))).toEqual([
      'common/0002-environment.yaml:3:5: there is no folder of an environment that this could be for',
    ]);
  });
});

describe('units without a digest, or to be verified', () => {
  const unit = { name: 'main', version: '2.0.0', framework: 'react', url: 'https://cdn.example/main/2.0.0/entry.js' };
  const found = { checksum: unitOf('main@2.0.0').checksum, size: 1_234 };
  const files = (more: object) => ({
    'common/0001-units.json': JSON.stringify({ apartment: 'shop', commands: [{ type: 'publish-unit', building: 'main', ...more }] }),
  });

  it.each<[string, object]>([
    ['left out', { unit }],
    ['verified', { unit: { ...unit, ...found }, verify: true }],
  ])('%s: are loaded while nobody is kept from writing', async (_, more) => {
    const services = testServices();
    const others = testServices(services.file);
    const unitLoader = async () => {
      await publish(others, 'header@1.0.0'); // throws while a transaction is open elsewhere
      return found;
    };
    await applyFolder({ ...services, unitLoader }, folderOf(temporaryFolder(), files(more)));
    expect((await services.units.get('shop', 'main@2.0.0'))?.unit).toMatchObject(found);
  });

  it('that cannot be loaded are refused at their line, and nothing of the file is applied', async () => {
    const services = { ...testServices(), unitLoader: async () => ({ error: 'it answered 404' }) };
    const faults = await faultsOf(applyFolder(services, folderOf(temporaryFolder(), files({ unit }))));
    expect(faults).toEqual([expect.stringMatching(/^common\/0001-units\.json:1:\d+: it answered 404$/)]);
    expect(await services.units.get('shop', 'main@2.0.0')).toBeNull();
  });
});

describe('is refused', () => {
  it('when a file that was applied has changed: both digests are told', async () => {
    const services = testServices();
    const root = folderOf(temporaryFolder(), SHOP_FILES);
    const [first] = await applyFolder(services, root);
    folderOf(root, {
      'common/0001-units.yaml': `${SHOP_FILES['common/0001-units.yaml']}# more\n`,
      'staging/0020-x.yaml': yamlOf('  - type: nothing'),
    });
    const before = contents(services);
    const faults = await faultsOf(applyFolder(services, root));
    expect(faults).toEqual([
      expect.stringMatching(new RegExp(`^common/0001-units\\.yaml: was applied with SHA-256 ${first!.digest} and has [0-9a-f]{64} now`)),
      expect.stringMatching(/^staging\/0020-x\.yaml:3:5: /),
    ]);
    expect(contents(services)).toEqual(before);
  });

  it('but not when it was renamed, nor when it is gone', async () => {
    const services = testServices();
    const root = folderOf(temporaryFolder(), SHOP_FILES);
    await applyFolder(services, root);
    renameSync(join(root, 'production/0010-rollout.json'), join(root, 'production/0012-canary.json'));
    renameSync(join(root, 'production/0003-buildings.yaml'), join(root, '.gone'));
    expect(await applyFolder(services, root)).toEqual([]);
  });

  it('when a file comes before one that was applied', async () => {
    const services = testServices();
    const root = folderOf(temporaryFolder(), SHOP_FILES);
    await applyFolder(services, root);
    folderOf(root, { 'production/0005-late.yaml': yamlOf('  - { type: set-holdout, percentage: 5 }') });
    expect(await faultsOf(applyFolder(services, root))).toEqual([
      'production/0005-late.yaml: comes before production/0010-rollout.json, which was applied already; give it a higher number',
    ]);
  });

  it('for names that are none, numbers and contents that are there twice', async () => {
    const text = yamlOf('  - type: create-environment');
    const root = folderOf(temporaryFolder(), {
      'loose.yaml': text,
      'Production/0001-a.yaml': text,
      'staging/1-a.yaml': text,
      'staging/0001-a.yaml': text,
      'staging/0001-b.yml': `${text}#`,
      'staging/0002-c.yaml': text,
    });
    expect((await faultsOf(applyFolder(testServices(), root))).toSorted()).toEqual([
      expect.stringMatching(/^Production: is no name of an environment/),
      expect.stringMatching(/^loose\.yaml: is no folder/),
      'staging/0001-b.yml: has the number of staging/0001-a.yaml',
      'staging/0002-c.yaml: is the same as staging/0001-a.yaml',
      expect.stringMatching(/^staging\/1-a\.yaml: call it by a number/),
      'staging/1-a.yaml: is the same as staging/0001-a.yaml',
    ]);
    expect(await faultsOf(applyFolder(testServices(), join(root, 'nowhere')))).toEqual([
      expect.stringMatching(/nowhere: cannot be read: ENOENT/),
    ]);
  });

  it('for everything that is wrong at once: in the folder, against what was applied, and inside the files', async () => {
    const services = testServices();
    const root = folderOf(temporaryFolder(), SHOP_FILES);
    await applyFolder(services, root);
    const bad = yamlOf('  - type: nothing');
    folderOf(root, {
      'common/0001-units.yaml': bad,
      'loose.yaml': 'x',
      'production/0005-late.yaml': bad,
      'production/0006-later.yaml': yamlOf('  - { type: set-holdout, percentage: 500 }'),
      'production/0020-a.yaml': `${bad}#`,
      'production/0020-b.json': '{',
      'production/21-c.yaml': yamlOf('  - { type: set-holdout, percentage: 501 }'),
      'production/note.txt': 'x',
      'staging/0020-x.yaml': bad,
    });
    symlinkSync('nowhere', join(root, 'dangling'));
    symlinkSync('round', join(root, 'round'));
    const before = contents(services);
    expect((await faultsOf(applyFolder(services, root))).map((fault) => fault.replace(/(:\d+:\d+)?: .*/, '$1'))).toEqual([
      'common/0001-units.yaml', // it was applied, so that what is in it now does not matter
      'dangling',
      'loose.yaml',
      'production/0005-late.yaml',
      'production/0005-late.yaml:3:5',
      'production/0006-later.yaml',
      'production/0006-later.yaml:3:26',
      'production/0020-a.yaml:3:5',
      'production/0020-b.json',
      'production/0020-b.json:1:2',
      'production/21-c.yaml',
      'production/21-c.yaml:3:26',
      'production/note.txt',
      'round',
      'staging/0020-x.yaml:3:5',
    ]);
    expect(contents(services)).toEqual(before);
  });

  it('for what services refuse: every fault at its line, and nothing of the file is applied', async () => {
    const services = testServices();
    const root = folderOf(temporaryFolder(), {
      'production/0001-good.yaml': yamlOf('  - type: create-environment', publishLine('main@1.0.0')),
      'production/0002-bad.yaml': yamlOf(
        publishLine('header@1.0.0', { main: '^2.0.0', react: 'newest' }),
        '  - { type: add-building, building: main, category: main, unit: main@1.0.0 }',
        '  - type: set-segment',
        '    name: pro',
        '    segment:',
        '      condition:',
        '        plan: { $maybe: 1 }',
        '  - type: start-rollout',
        '    plan:',
        '      units:',
        '        - main@1.0.0',
        '        - main@7.0.0',
      ),
      'production/0003-later.yaml': yamlOf('  - { type: set-holdout, percentage: 5 }'),
    });
    expect(await faultsOf(applyFolder(services, root))).toEqual([
      expect.stringMatching(/^production\/0002-bad\.yaml:3:\d+: "newest" is not a semver range/),
      'production/0002-bad.yaml:9:17: there is no operator $maybe',
      'production/0002-bad.yaml:14:11: main@7.0.0 is not published',
    ]);
    expect((await services.revisions.head(PLACE))!.number).toBe(1);
    expect((await services.bootstrap.applied()).map(({ file }) => file)).toEqual(['production/0001-good.yaml']);
    // Put right, it goes on from there.
    folderOf(root, {
      'production/0002-bad.yaml': yamlOf('  - { type: add-building, building: main, category: main, unit: main@1.0.0 }'),
    });
    expect((await applyFolder(services, root)).map(({ file }) => file)).toEqual(['production/0002-bad.yaml', 'production/0003-later.yaml']);
  });

  it('by a database that was recovered, until it is told what it has', async () => {
    const services = testServices();
    const root = folderOf(temporaryFolder(), SHOP_FILES);
    await change(services, PLACE, { name: ACTOR }, () => ({ type: 'create' }));
    expect(await faultsOf(applyFolder(services, root))).toEqual([expect.stringContaining('"concierge bootstrap adopt"')]);
    expect(await adoptFolder(services, root)).toHaveLength(7);
    expect(await applyFolder(services, root)).toEqual([]);
    await change(services, PLACE, ANA, () => ({ type: 'set-holdout', percentage: 1, salt: 'x' }));
    expect((await services.revisions.head(PLACE))!.number).toBe(2);
  });
});

/* Interruptions: the process dies before or after any call of any store, and starts again. */

/** Stores of which the call with this number is the last; it may have been done. */
function dyingAt<Stores extends object>(stores: Stores, last: number): { stores: Stores; died: Promise<void>; calls: () => number } {
  let calls = 0;
  let die: () => void;
  const died = new Promise<void>((done) => (die = done));
  const pass = (): Promise<void> | undefined => {
    if (++calls < last) return undefined;
    die();
    return new Promise(() => undefined);
  };
  const guarded = Object.entries(stores).map(([store, methods]) => [
    store,
    methods === null || typeof methods !== 'object' || !('constructor' in methods) || store === 'database' || store === 'metricSources'
      ? methods
      : Object.fromEntries(
          Object.entries(methods as Record<string, unknown>).map(([name, method]) => [
            name,
            typeof method === 'function'
              ? async (...args: unknown[]) => {
                  await pass();
                  const result: unknown = await method.apply(methods, args);
                  await pass();
                  return result;
                }
              : method,
          ]),
        ),
  ]);
  return { stores: Object.fromEntries(guarded) as Stores, died, calls: () => calls };
}

async function runUntil(file: string, root: string, last: number): Promise<{ finished: boolean; calls: number; contents: unknown }> {
  const services = testServices(file);
  const { stores, died, calls } = dyingAt<Services>(services, last);
  const finished = await Promise.race([applyFolder(stores, root).then(() => true), died.then(() => false)]);
  const kept = finished ? contents(services) : undefined;
  services.database.$client.close(); // what was not committed is gone, as after a kill
  return { finished, calls: calls(), contents: kept };
}

describe('interrupted', () => {
  it('at any call of a store, it is the same in the end as if it had not been', async () => {
    const root = folderOf(temporaryFolder(), SHOP_FILES);
    const whole = await runUntil(join(temporaryFolder(), 'engine.sqlite'), root, Number.POSITIVE_INFINITY);
    expect(whole.finished).toBe(true);
    const step = process.env.CONCIERGE_LONG ? 1 : 7;
    for (let last = 1; last <= whole.calls; last += step) {
      const file = join(temporaryFolder(), 'engine.sqlite');
      expect((await runUntil(file, root, last)).finished).toBe(false);
      const resumed = await runUntil(file, root, Number.POSITIVE_INFINITY);
      expect({ last, contents: resumed.contents }).toEqual({ last, contents: whole.contents });
    }
  }, 120_000);

  it('again and again, at any calls', async () => {
    const root = folderOf(temporaryFolder(), SHOP_FILES);
    const whole = await runUntil(join(temporaryFolder(), 'engine.sqlite'), root, Number.POSITIVE_INFINITY);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: whole.calls }), { minLength: 2, maxLength: 5 }), async (deaths) => {
        const file = join(temporaryFolder(), 'engine.sqlite');
        for (const last of deaths) await runUntil(file, root, last);
        expect((await runUntil(file, root, Number.POSITIVE_INFINITY)).contents).toEqual(whole.contents);
      }),
      { numRuns: process.env.CONCIERGE_LONG ? 200 : 8 },
    );
  }, 240_000);
});

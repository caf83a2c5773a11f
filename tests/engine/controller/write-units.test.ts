import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolderObjectStore } from '#engine/adapters/folder-object-store.ts';
import { type ObjectStore, ObjectStoreError } from '#engine/adapters/object-store.ts';
import { seal } from '#engine/adapters/sealed-object.ts';
import { createShadowStore } from '#engine/adapters/shadow-store.ts';
import { writeShadow } from '#engine/controller/write-shadow.ts';
import { writeUnits } from '#engine/controller/write-units.ts';
import { recoverCommand } from '#engine/offline/recover.ts';
import { promoteUnit } from '#engine/services/promote-unit.ts';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { verifyDatabase } from '#engine/services/verify-database.ts';
import { verifyShadow } from '#engine/services/verify-shadow.ts';
import { unitOf } from '../../support/fixtures.ts';
import { memoryObjectStore } from '../../support/memory-object-store.ts';
import { ANA, type TestServices, publish, seedShop, testServices } from '../../support/services.ts';

const KEY = 'shop/_units/main/2.0.0.json';

/** The shop, and units that no revision ever used. */
async function shop(): Promise<TestServices> {
  const services = testServices();
  await seedShop(services);
  await publish(services, 'main@2.0.0-rc.1', 'main@2.0.0-0.snap.20260110');
  await promoteUnit(services, 'shop', 'main', { version: '2.0.0' }, ANA);
  const { id: _, ...unit } = unitOf('nav@1.0.0');
  await publishUnit(services, 'blog', { building: 'nav', unit }, ANA); // an apartment without an environment
  return services;
}

const unitsOf = async (services: TestServices) =>
  [...(await services.units.list('shop', { expired: true })).units, ...(await services.units.list('blog')).units].toSorted((a, b) =>
    a.unit.id < b.unit.id ? -1 : 1,
  );

describe('every unit comes to lie in the shadow', () => {
  it('once, whether or not it was ever used, and is in no environment’s way', async () => {
    const services = await shop();
    const objects = memoryObjectStore();
    const shadow = createShadowStore(objects);
    await writeShadow(services, shadow);
    expect(await writeUnits(services, shadow)).toEqual({ written: 10, failed: 0 });
    expect(await writeUnits(services, shadow)).toEqual({ written: 0, failed: 0 });
    expect([...objects.objects.keys()].filter((key) => key.includes('_units')).toSorted()).toEqual([
      'blog/_units/nav/1.0.0.json',
      ...['header', 'main', 'sidebar'].flatMap((name) =>
        (name === 'main' ? ['1.0.0', '1.1.0', '2.0.0-0.snap.20260110', '2.0.0-rc.1', '2.0.0'] : ['1.0.0', '1.1.0']).map(
          (version) => `shop/_units/${name}/${version}.json`,
        ),
      ),
    ]);
    expect(await shadow.places()).toEqual([{ apartment: 'shop', environment: 'production' }]);
    expect(await verifyShadow(shadow)).toMatchObject({ findings: [], chains: [{ revisions: 4 }] });
  });

  it('also where the store fails now and then, and where one was there already', async () => {
    const services = await shop();
    const objects = memoryObjectStore();
    let calls = 0;
    const flaky: ObjectStore = {
      ...objects,
      put: (...args) => {
        if (++calls % 3 === 0) throw new ObjectStoreError('down');
        const done = objects.put(...args);
        if (calls % 3 === 1) return done.then(() => Promise.reject(new ObjectStoreError('the answer was lost')));
        return done;
      },
    };
    const shadow = createShadowStore({ ...flaky, honoursConditions: async () => true });
    for (let turn = 0; turn < 40 && (await services.unitOutbox.due(Number.MAX_SAFE_INTEGER, 1)).length > 0; turn++) {
      await writeUnits(services, shadow);
      services.clock.now += 30_000;
    }
    expect(await services.unitOutbox.due(Number.MAX_SAFE_INTEGER, 1)).toEqual([]);
    const found = [];
    for await (const one of shadow.units()) found.push(one.found);
    expect(found).toHaveLength(10);
  });

  it('other content under its key is not overwritten, and waits to be looked at', async () => {
    const services = await shop();
    const objects = memoryObjectStore();
    await objects.put(KEY, seal({ other: true }).text);
    const shadow = createShadowStore(objects);
    expect(await writeUnits(services, shadow)).toEqual({ written: 9, failed: 1 });
    expect(await objects.get(KEY)).toBe(seal({ other: true }).text);
    services.clock.now += 60_000;
    expect(await writeUnits(services, shadow)).toEqual({ written: 0, failed: 1 });
  });
});

it.each<[string, (text: string) => string]>([
  ['edited', (text) => text.replace('cdn.example', 'evil.example')],
  ['edited, with its seal', (text) => seal({ ...JSON.parse(text).content, building: 7 }).text],
  ['cut', (text) => text.slice(0, -10)],
  ['another unit', (text) => text.replace('', '')],
  ['emptied', () => ''],
])('a unit in the shadow that was %s is named, and not brought back', async (how, change) => {
  const services = await shop();
  const objects = memoryObjectStore();
  const shadow = createShadowStore(objects);
  await writeShadow(services, shadow);
  await writeUnits(services, shadow);
  const text = (await objects.get(how === 'another unit' ? 'shop/_units/main/1.1.0.json' : KEY))!;
  await objects.put(KEY, change(text));
  const { findings } = await verifyShadow(shadow);
  expect(findings).toMatchObject([{ kind: 'unit', severity: 'error', apartment: 'shop', message: expect.stringContaining(KEY) }]);
});

it('recovery brings the whole registry back: evidence, expiry and what nobody ever used', async () => {
  const services = await shop();
  const folder = join(dirname(services.file), 'shadow');
  const shadow = createShadowStore(createFolderObjectStore(folder));
  await writeShadow(services, shadow);
  await writeUnits(services, shadow);
  await publish(services, 'main@3.0.0'); // the shadow has it not yet
  const before = await unitsOf(services);
  expect(before).toHaveLength(11);
  const { $client } = services.database;
  $client.exec(
    `update revisions set actor = 'mallory' where number = 2; update units set building = 'header' where version = '1.1.0' and name = 'main'`,
  );
  $client.pragma('wal_checkpoint(TRUNCATE)');
  $client.close();
  const said: string[] = [];
  await recoverCommand({ file: services.file, shadow: folder, apply: true }, (text) => said.push(text), services.clock.now);
  expect(said.join('\n')).toContain('the registry: 11 units, of which 1 from the database');
  const after = testServices(services.file);
  expect(await unitsOf(after)).toEqual(before);
  expect((await verifyDatabase(services.file)).findings).toEqual([]);
  expect(await after.unitOutbox.due(Number.MAX_SAFE_INTEGER, 10)).toMatchObject([{ name: 'main', version: '3.0.0' }]);
});

it('a database that is gone comes back with all that was in the shadow', async () => {
  const services = await shop();
  const folder = join(dirname(services.file), 'shadow');
  const shadow = createShadowStore(createFolderObjectStore(folder));
  await writeShadow(services, shadow);
  await writeUnits(services, shadow);
  const before = await unitsOf(services);
  services.database.$client.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(services.file + suffix, { force: true });
  await recoverCommand({ file: services.file, shadow: folder, apply: true }, () => undefined, services.clock.now);
  expect(await unitsOf(testServices(services.file))).toEqual(before);
});

import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordDigest, writtenOnce } from '#engine/db/unit-record.ts';
import { openDatabase } from '#engine/db/open-database.ts';
import { addBuilding } from '#engine/services/add-building.ts';
import { change } from '#engine/services/change.ts';
import { expireUnit, expireUnits } from '#engine/services/expire-units.ts';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { requireUnits } from '#engine/services/require-units.ts';
import { restoreRevision } from '#engine/services/restore-revision.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { verifyDatabase } from '#engine/services/verify-database.ts';
import { createRelease } from '#engine/services/create-release.ts';
import { whatPointsAt } from '#engine/services/what-points-at.ts';
import { SNAPSHOT_DAYS } from '#schemas/limits.ts';
import { PLACE, planOf, unitOf } from '../../support/fixtures.ts';
import { ANA, type TestServices, publish, seedShop, testServices } from '../../support/services.ts';

const DAY = 24 * 60 * 60_000;
const SNAP = 'main@2.0.0-0.snap.20260110';

const code = (expected: string, detail = '') => ({ problem: { code: expected, detail: expect.stringContaining(detail) } });

async function shop(): Promise<TestServices> {
  const services = testServices();
  await seedShop(services);
  return services;
}

describe('a record has its digest', () => {
  it('of all that was written of it', async () => {
    const services = await shop();
    const published = (await services.units.get('shop', 'main@1.0.0'))!;
    expect(published.digest).toBe(recordDigest(writtenOnce(published)));
    expect(published).toMatchObject({ tag: 'v1.0.0', kind: 'stable' });
  });

  it.each([
    ['the address', `unit = replace(unit, 'cdn.example', 'evil.example')`],
    ['the bytes', `unit = replace(unit, 'sha384-', 'sha384-A')`],
    ['the building', `building = 'header'`],
    ['who published it', `published_by = 'mallory'`],
    ['when', `published_at = published_at + 1`],
    ['an expiry', `expires_at = 1`],
    ['a promotion', `promotion = '{"from":"1.0.0-rc.1"}'`],
    ['a promotion that is none', `promotion = '{'`],
    ['the digest', `digest = '${'0'.repeat(64)}'`],
    ['the unit, which is no JSON', `unit = 'x'`],
    ['the version', `version = '9.9.9'`],
  ])('so that another one is found: %s', async (_, set) => {
    const services = await shop();
    // main@1.1.0 is in no document, so nothing but its digest tells.
    services.database.$client.exec(`update units set ${set} where name = 'main' and version = '1.1.0'`);
    const { findings } = await verifyDatabase(services.file);
    expect(findings).toMatchObject([{ kind: 'unit', severity: 'error', apartment: 'shop', environment: '', revision: null }]);
    const id = set.startsWith('version') ? 'main@9.9.9' : 'main@1.1.0';
    await expect(services.units.get('shop', id)).rejects.toMatchObject(code('unavailable', 'damaged'));
    await expect(requireUnits(services, 'shop', [id])).rejects.toMatchObject(code('unavailable'));
    const page = await services.units.list('shop');
    expect(page.damaged).toEqual([id]);
    expect(page.units).toHaveLength(5);
  });

  it('records of a database from before get theirs when it is opened, and are whole', async () => {
    const services = await shop();
    const before = await services.units.get('shop', 'main@1.0.0');
    services.database.$client.exec(`update units set digest = ''; delete from unit_outbox`);
    expect((await verifyDatabase(services.file)).findings).toEqual([]);
    openDatabase(services.file).$client.close();
    expect(await services.units.get('shop', 'main@1.0.0')).toEqual(before);
    const client = new Sqlite(services.file, { readonly: true });
    expect(client.prepare('select count(*) from unit_outbox').pluck().get()).toBe(6);
    client.close();
  });
});

it('pages hold every unit once, newest first, whatever their size', async () => {
  const services = testServices();
  const all: string[] = [];
  for (let serial = 0; serial < 30; serial++) {
    services.clock.now += serial % 3; // several at the same instant
    await publish(services, `${serial % 2 ? 'main' : 'header'}@1.${serial}.0${serial % 5 ? '' : '-rc.1'}`);
  }
  for (const { unit } of (await services.units.list('shop')).units) all.push(unit.id);
  expect(all).toHaveLength(30);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 31 }), fc.constantFrom(undefined, 'main'), async (limit, name) => {
      const seen: string[] = [];
      for (let before: string | null | undefined; before !== null;) {
        const page = await services.units.list('shop', { name }, limit, before);
        expect(page.units.length).toBeLessThanOrEqual(limit);
        seen.push(...page.units.map(({ unit }) => unit.id));
        before = page.next_before;
      }
      expect(seen).toEqual(all.filter((id) => name === undefined || id.startsWith(`${name}@`)));
    }),
    { numRuns: 40 },
  );
  expect((await services.units.list('shop', { kind: 'rc' })).units).toHaveLength(6);
  expect((await services.units.list('shop', { kind: 'stable' })).units).toHaveLength(24);
  expect((await services.units.list('shop', { kind: 'snapshot' })).units).toHaveLength(0);
  await expect(services.units.list('shop', {}, 5, 'nonsense')).rejects.toMatchObject(code('invalid-request'));
});

describe('snapshots', () => {
  const afterwards = async (services: TestServices, days = SNAPSHOT_DAYS) => {
    services.clock.now += days * DAY + 11 * 60_000;
    return expireUnits(services);
  };

  it('go when their time is up, and their version stays taken', async () => {
    const services = await shop();
    await publish(services, SNAP, 'main@2.0.0-rc.1');
    expect(await services.units.get('shop', SNAP)).toMatchObject({
      tag: 'v2.0.0.snap.20260110',
      expires_at: services.now() + SNAPSHOT_DAYS * DAY,
    });
    services.clock.now += SNAPSHOT_DAYS * DAY - 1;
    expect(await expireUnits(services)).toEqual([]);
    services.clock.now += 1;
    expect(await expireUnits(services)).toEqual([]); // somebody may be about to use it
    await expect(requireUnits(services, 'shop', [SNAP])).rejects.toMatchObject({
      problem: { errors: [{ message: `${SNAP} was a snapshot and has expired` }] },
    });
    expect(await afterwards(services, 0)).toEqual([`shop/${SNAP}`]);
    expect(await expireUnits(services)).toEqual([]);
    expect(await services.units.get('shop', SNAP)).toMatchObject({ expired_at: services.now() });
    const ids = async (expired: boolean) => (await services.units.list('shop', { expired })).units.map(({ unit }) => unit.id);
    expect(await ids(false)).not.toContain(SNAP);
    expect(await ids(true)).toContain(SNAP);
    expect(await ids(false)).toContain('main@2.0.0-rc.1');
    await expect(publish(services, SNAP)).rejects.toMatchObject(code('unit-expired', 'stays taken'));
    const { id: _, ...unit } = unitOf(SNAP, { checksum: `sha384-${'B'.repeat(64)}` });
    await expect(publishUnit(services, 'shop', { building: 'main', unit }, ANA)).rejects.toMatchObject(code('unit-differs', unit.checksum));
    expect((await verifyDatabase(services.file)).findings).toEqual([]);
  });

  it.each<[string, (services: TestServices) => Promise<unknown>, object]>([
    [
      'a building',
      async (services) => {
        await change(services, { ...PLACE, environment: 'dev' }, ANA, () => ({ type: 'create' }));
        await addBuilding(services, { ...PLACE, environment: 'dev' }, 'main', { category: 'main', unit: SNAP }, ANA);
      },
      { environment: 'dev', as: 'active', name: 'main' },
    ],
    [
      'a rollout',
      (services) => startRollout(services, PLACE, planOf({ units: [SNAP] }), ANA),
      { environment: 'production', as: 'rollout' },
    ],
    [
      'a rollout that is planned',
      (services) => startRollout(services, PLACE, planOf({ units: [SNAP], start_at: services.now() + 100 * DAY } as never), ANA),
      { environment: 'production', as: 'rollout' },
    ],
    [
      'an override',
      (services) =>
        change(services, PLACE, ANA, () => ({
          type: 'set-override',
          name: 'qa',
          override: { description: '', visitors: ['v'], segments: [], units: { main: SNAP } },
          units: [unitOf(SNAP)],
        })),
      { environment: 'production', as: 'override', name: 'qa' },
    ],
    [
      'a release',
      (services) => createRelease(services, 'shop', { version: '1.0.0', units: [SNAP] }, ANA, () => true),
      { as: 'release', name: '1.0.0' },
    ],
  ])('never go while %s points at them', async (_, point, reference) => {
    const services = await shop();
    await publish(services, SNAP);
    await point(services);
    expect(await whatPointsAt(services, 'shop', SNAP)).toMatchObject([reference]);
    expect(await afterwards(services)).toEqual([]);
    await expect(expireUnit(services, 'shop', 'main', '2.0.0-0.snap.20260110', ANA)).rejects.toMatchObject(code('unit-in-use'));
    // It is still good for what else wants it.
    expect(await requireUnits(services, 'shop', [SNAP])).toHaveLength(1);
  });

  it('go once nothing points at them any more; history reads and restores all the same', async () => {
    const services = await shop();
    await publish(services, SNAP);
    const { rollout } = await startRollout(services, PLACE, planOf({ units: [SNAP] }), ANA);
    await change(services, PLACE, ANA, () => ({ type: 'promote-rollout', rollout: rollout.id, to: 'done' }));
    const revision = (await services.revisions.head(PLACE))!.number;
    expect(await afterwards(services)).toEqual([]);
    await restoreRevision(services, PLACE, { revision: 4 }, ANA);
    expect(await expireUnits(services)).toEqual([`shop/${SNAP}`]);
    const restored = await restoreRevision(services, PLACE, { revision }, ANA);
    expect(restored.document.units[SNAP]).toEqual(unitOf(SNAP));
    expect((await verifyDatabase(services.file)).findings).toEqual([]);
  });

  it('go before their time when they are told to, twice is once, and nothing else does', async () => {
    const services = await shop();
    await publish(services, SNAP);
    const gone = await expireUnit(services, 'shop', 'main', '2.0.0-0.snap.20260110', ANA);
    expect(gone.expired_at).toBe(services.now());
    services.clock.now += 1;
    expect(await expireUnit(services, 'shop', 'main', '2.0.0-0.snap.20260110', ANA)).toEqual(gone);
    await expect(expireUnit(services, 'shop', 'main', '1.1.0', ANA)).rejects.toMatchObject(code('unprocessable', 'only snapshots'));
    await expect(expireUnit(services, 'shop', 'main', '2.0.0-0.snap.20260111', ANA)).rejects.toMatchObject(code('not-found'));
  });

  it('are kept as long as their publisher says', async () => {
    const services = await shop();
    const { id: _, ...unit } = unitOf(SNAP);
    await publishUnit(services, 'shop', { building: 'main', unit, keep_days: 1.5 }, ANA);
    expect((await services.units.get('shop', SNAP))!.expires_at).toBe(services.now() + 1.5 * DAY);
    const stable = { ...unit, version: '2.0.0' };
    await expect(publishUnit(services, 'shop', { building: 'main', unit: stable, keep_days: 1 }, ANA)).rejects.toMatchObject({
      problem: { errors: [{ path: '/keep_days', message: 'only snapshots expire' }] },
    });
  });
});

describe('publishing loads and checks', () => {
  const { id: _, checksum, size, ...rest } = unitOf('main@3.0.0');
  const found = { checksum, size };
  const OTHER = `sha384-${'B'.repeat(64)}`;

  it.each<[string, object, boolean, Awaited<ReturnType<NonNullable<TestServices['unitLoader']>>>, number, object]>([
    ['digest and size where they are left out', rest, false, found, 1, { unit: found }],
    ['the size alone', { ...rest, checksum }, false, found, 1, { unit: found }],
    ['nothing where both are given', { ...rest, ...found }, false, { error: 'no' }, 0, { unit: found }],
    ['both when it is asked to', { ...rest, ...found }, true, found, 1, { unit: found }],
    ['and refuses another digest', { ...rest, checksum: OTHER }, false, found, 1, code('digest-differs', OTHER)],
    ['and refuses another size', { ...rest, size: 1 }, false, found, 1, code('digest-differs', 'expected 1')],
    ['and refuses what is empty', rest, false, { checksum, size: 0 }, 1, code('not-loadable', 'is empty')],
    ['and refuses what cannot be had', rest, false, { error: 'it answered 404' }, 1, code('not-loadable', 'it answered 404')],
  ])('%s', async (_, unit, verify, answer, times, expected) => {
    const services = testServices();
    const asked: string[] = [];
    services.unitLoader = async (url) => (asked.push(url), answer);
    const work = publishUnit(services, 'shop', { building: 'main', unit: unit as never, verify }, ANA);
    const outcome = await work.then(
      ({ published }) => published,
      (error: unknown) => error,
    );
    expect(outcome).toMatchObject(expected);
    expect(asked).toEqual(Array.from({ length: times }, () => rest.url));
    if ('problem' in expected) expect(await services.units.get('shop', 'main@3.0.0')).toBeNull();
  });

  it('an engine that loads nothing says so', async () => {
    await expect(publishUnit(testServices(), 'shop', { building: 'main', unit: rest }, ANA)).rejects.toMatchObject(code('not-loadable'));
  });
});

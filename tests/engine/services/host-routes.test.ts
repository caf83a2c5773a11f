import { describe, expect, it } from 'vitest';
import { addBuilding } from '#engine/services/add-building.ts';
import { change } from '#engine/services/change.ts';
import { compatibilityWarnings } from '#engine/services/check-compatibility.ts';
import { checkDrift } from '#engine/services/check-drift.ts';
import { auditLog, compareRevisions } from '#engine/services/compare-revisions.ts';
import { whileLocked } from '#engine/services/deploy-lock.ts';
import { expireUnit, expireUnits } from '#engine/services/expire-units.ts';
import { explainVisitor } from '#engine/services/explain-visitor.ts';
import { findUnits } from '#engine/services/find-units.ts';
import { listCompatible } from '#engine/services/list-compatible.ts';
import { listHostRoutes } from '#engine/services/list-host-routes.ts';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { requireUnits } from '#engine/services/require-units.ts';
import { restoreRevision } from '#engine/services/restore-revision.ts';
import { rollBack } from '#engine/services/roll-back.ts';
import { setHostRoute } from '#engine/services/set-host-route.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { verifyDatabase } from '#engine/services/verify-database.ts';
import { whatPointsAt } from '#engine/services/what-points-at.ts';
import { MAX_HOST_ROUTES, SNAPSHOT_DAYS } from '#schemas/limits.ts';
import type { Unit } from '#schemas/unit.ts';
import { PLACE, decided, planOf, refusedBy, shopDocument, unitOf } from '#tests/support/fixtures.ts';
import { ANA, type TestServices, publish, seedShop, testServices } from '#tests/support/services.ts';

const DAY = 24 * 60 * 60_000;
const SNAP = 'main@2.0.0-0.snap.20260110';
const LATER = 'main@2.0.0-0.snap.20260112';
const HOST = 'pr-12.preview.shop.example';
const DEV = { ...PLACE, environment: 'dev' };

const code = (expected: string, detail = '') => ({ problem: { code: expected, detail: expect.stringContaining(detail) } });

async function shop(): Promise<TestServices> {
  const services = testServices();
  await seedShop(services);
  await publish(services, SNAP);
  return services;
}

const show = (services: TestServices, units: string[], host = HOST, place = PLACE) =>
  setHostRoute(services, place, host, { description: '', units }, ANA);
const head = async (services: TestServices, place = PLACE) => (await services.revisions.head(place))!;
const hosts = async (services: TestServices, place = PLACE) => Object.keys((await head(services, place)).document.host_routes ?? {});

/** All that has no time left is gone. */
async function afterwards(services: TestServices, days = SNAPSHOT_DAYS): Promise<string[]> {
  services.clock.now += days * DAY + 11 * 60_000;
  return expireUnits(services);
}

describe('a route', () => {
  it('is a revision that says what it does, and the same again is none', async () => {
    const services = await shop();
    const revision = await show(services, [SNAP]);
    expect(revision.document.host_routes).toEqual({ [HOST]: { description: '', units: { main: SNAP } } });
    expect(revision.document.units[SNAP]).toEqual(unitOf(SNAP));
    expect((await show(services, [SNAP])).number).toBe(revision.number);
    const { entries } = await auditLog(services, PLACE, { limit: 1 });
    expect(entries[0]).toMatchObject({
      summary: `Set host ${HOST} to ${SNAP}.`,
      changes: [{ kind: 'host-route', name: HOST, text: `host ${HOST} added: ${SNAP}`, before: null, after: { units: { main: SNAP } } }],
    });
    await publish(services, LATER);
    await show(services, [LATER, 'header@1.1.0']);
    expect((await compareRevisions(services, PLACE, {})).changes.map(({ text }) => text)).toEqual([
      `host ${HOST} changed: ${SNAP} → ${LATER}, header@1.1.0`,
    ]);
    expect((await head(services)).document.units).not.toHaveProperty(SNAP);
    expect((await verifyDatabase(services.file)).findings).toEqual([]);
  });

  it('shows who asks there what it says, now and when it is asked what was then', async () => {
    const services = await shop();
    const { number } = await show(services, [SNAP]);
    const main = async (host: string | undefined, when = {}) =>
      (await explainVisitor(services, PLACE, { key: 'v', attributes: {}, ...(host === undefined ? {} : { host }) }, when)).buildings.find(
        ({ building }) => building === 'main',
      );
    expect(await main(HOST)).toEqual({ building: 'main', unit: SNAP, reason: 'host-route', host: HOST });
    expect(await main(undefined)).toMatchObject({ unit: 'main@1.0.0', reason: 'stable' });
    expect(await main('shop.example')).toMatchObject({ unit: 'main@1.0.0', reason: 'stable' });
    await change(services, PLACE, ANA, () => ({ type: 'remove-host-routes', hosts: [HOST] }));
    expect((await compareRevisions(services, PLACE, { from: number - 1 })).changes).toEqual([]);
    expect((await head(services)).document).toEqual((await services.revisions.at(PLACE, number - 1))!.document);
    expect(await main(HOST)).toMatchObject({ unit: 'main@1.0.0', reason: 'stable' });
    expect(await main(HOST, { revision: number })).toMatchObject({ unit: SNAP });
  });

  it('is refused with everything that is wrong with it', async () => {
    const services = await shop();
    await expect(show(services, ['main@8.0.0', SNAP, 'nothing@1.0.0'])).rejects.toMatchObject({
      problem: { code: 'unprocessable', errors: [{ path: '/units/0' }, { path: '/units/2' }] },
    });
    await expect(show(services, [SNAP, 'main@1.1.0'])).rejects.toMatchObject({
      problem: { errors: [{ path: '/units/1', message: 'another unit is for building main too' }] },
    });
    const { id: _, ...footer } = unitOf('footer@1.0.0');
    await publishUnit(services, 'shop', { building: 'footer', unit: footer }, ANA);
    await expect(show(services, ['footer@1.0.0'])).rejects.toMatchObject({
      problem: { errors: [{ path: '/units/footer', message: 'there is no building footer' }] },
    });
    await expect(change(services, PLACE, ANA, () => ({ type: 'remove-host-routes', hosts: [HOST, 'a.b'] }))).rejects.toMatchObject(
      code('not-found', `${HOST}, a.b`),
    );
    expect((await head(services)).number).toBe(4);
  });

  it(`is one of ${MAX_HOST_ROUTES} at most`, () => {
    const context = { ...PLACE, actor: 'ana', now: 0 };
    const set = (host: string, unit = 'main@1.0.0') => ({
      type: 'set-host-route' as const,
      host,
      route: { description: '', units: { main: unit } },
      units: [unitOf(unit)],
    });
    let document = shopDocument();
    for (let n = 0; n < MAX_HOST_ROUTES; n++) document = decided(document, set(`pr-${n}.preview.shop.example`));
    expect(refusedBy(document, set(HOST.replace('12', '200')), context)).toMatchObject({
      code: 'unprocessable',
      detail: expect.stringContaining('200 host routes'),
    });
    expect(decided(document, set(HOST, SNAP)).host_routes![HOST]!.units).toEqual({ main: SNAP });
  });

  it('can be set and removed while somebody deploys, and a rollback does not take it for a change of units', async () => {
    const services = await shop();
    await whileLocked(services, PLACE, { name: 'ben' }, 'a deploy', () => show(services, [SNAP]));
    expect(await hosts(services)).toEqual([HOST]);
    await expect(rollBack(services, PLACE, {}, ANA)).rejects.toMatchObject(code('nothing-to-restore'));
  });

  it('stays as it is when everything else is restored, for it lives as long as its units', async () => {
    const services = await shop();
    await publish(services, LATER);
    await show(services, [SNAP], 'old.preview.shop.example');
    await startRollout(services, PLACE, planOf({ units: ['main@1.1.0'] }), ANA);
    const then = (await head(services)).number;
    await change(services, PLACE, ANA, () => ({ type: 'remove-host-routes', hosts: ['old.preview.shop.example'] }));
    await show(services, [LATER]);
    const restored = await restoreRevision(services, PLACE, { revision: then }, ANA);
    expect(Object.keys(restored.document.host_routes!)).toEqual([HOST]);
    expect(restored.document.units).toHaveProperty(LATER);
    expect(restored.document.units).not.toHaveProperty(SNAP);
  });
});

describe('a snapshot that expires', () => {
  it('takes its host routes along: one revision in each environment that has some, with the reason', async () => {
    const services = await shop();
    await publish(services, 'header@2.0.0-0.snap.20260110');
    await change(services, DEV, ANA, () => ({ type: 'create' }));
    await addBuilding(services, DEV, 'main', { category: 'main', unit: 'main@1.0.0' }, ANA);
    await show(services, [SNAP]);
    await show(services, [SNAP, 'header@2.0.0-0.snap.20260110'], 'both.preview.shop.example');
    await show(services, ['main@1.1.0'], 'stable.preview.shop.example');
    await show(services, [SNAP], HOST, DEV);
    const before = (await head(services)).number;
    expect((await listHostRoutes(services, PLACE)).host_routes.map(({ host, expires_at: end }) => [host, end])).toEqual([
      ['both.preview.shop.example', services.now() + SNAPSHOT_DAYS * DAY],
      [HOST, services.now() + SNAPSHOT_DAYS * DAY],
      ['stable.preview.shop.example', null],
    ]);

    services.clock.now += SNAPSHOT_DAYS * DAY;
    expect(await expireUnits(services)).toEqual([]); // somebody may be about to use it
    await expect(requireUnits(services, 'shop', [SNAP])).rejects.toMatchObject({
      problem: { errors: [{ message: `${SNAP} was a snapshot and has expired` }] }, // a route is no reason to keep it
    });
    expect((await afterwards(services, 0)).toSorted()).toEqual(['shop/header@2.0.0-0.snap.20260110', `shop/${SNAP}`]);

    expect(await hosts(services)).toEqual(['stable.preview.shop.example']);
    expect(await hosts(services, DEV)).toEqual([]);
    const revision = await head(services);
    expect(revision).toMatchObject({
      number: before + 1,
      actor: 'engine',
      cause: { type: 'remove-host-routes', hosts: [HOST, 'both.preview.shop.example'] },
    });
    expect(revision.document.units).not.toHaveProperty(SNAP);
    const { entries } = await auditLog(services, DEV, { limit: 1 });
    expect(entries[0]!.summary).toBe(`Removed host ${HOST}: ${SNAP} has expired.`);
    expect(await expireUnits(services)).toEqual([]);
    expect((await head(services)).number).toBe(before + 1);
    expect((await verifyDatabase(services.file)).findings).toEqual([]);
  });

  it('stays, and its route with it, while anything else points at it anywhere', async () => {
    const services = await shop();
    await change(services, DEV, ANA, () => ({ type: 'create' }));
    await addBuilding(services, DEV, 'main', { category: 'main', unit: SNAP }, ANA);
    await show(services, [SNAP]);
    expect(await whatPointsAt(services, 'shop', SNAP)).toMatchObject([
      { environment: 'dev', as: 'active', name: 'main' },
      { environment: 'production', as: 'host-route', name: HOST },
    ]);
    expect(await afterwards(services)).toEqual([]);
    expect(await hosts(services)).toEqual([HOST]);
    await change(services, DEV, ANA, () => ({
      type: 'move-units',
      units: { main: unitOf('main@1.0.0') },
    }));
    expect(await expireUnits(services)).toEqual([`shop/${SNAP}`]);
    expect(await hosts(services)).toEqual([]);
  });

  it('goes by whoever lets it go before its time, and so do its routes', async () => {
    const services = await shop();
    await show(services, [SNAP]);
    const gone = await expireUnit(services, 'shop', 'main', '2.0.0-0.snap.20260110', { name: 'ben' });
    expect(gone.expired_at).toBe(services.now());
    expect(await head(services)).toMatchObject({ actor: 'ben', cause: { type: 'remove-host-routes', expired: [SNAP] } });
    await expect(show(services, [SNAP])).rejects.toMatchObject(code('unprocessable'));
  });

  it('is tried again where its routes could not be removed, and others do not wait for it', async () => {
    const services = await shop();
    await publish(services, LATER);
    await show(services, [SNAP]);
    const { commit } = services.revisions;
    const errors: string[] = [];
    const onError = (error: unknown, where: string): void => void errors.push(`${where}: ${(error as Error).message}`);
    services.revisions.commit = () => Promise.reject(new Error('the disk is full'));
    services.clock.now += SNAPSHOT_DAYS * DAY + 11 * 60_000;
    expect(await expireUnits(services, onError)).toEqual([`shop/${LATER}`]);
    expect(errors).toEqual(['shop/production: the disk is full']);
    expect(await services.units.get('shop', SNAP)).not.toHaveProperty('expired_at');
    services.revisions.commit = commit;
    expect(await expireUnits(services, onError)).toEqual([`shop/${SNAP}`]);
    expect(await hosts(services)).toEqual([]);
  });

  it('leaves no route behind that was set at the very moment it went', async () => {
    const services = await shop();
    await Promise.all([show(services, [SNAP]), expireUnit(services, 'shop', 'main', '2.0.0-0.snap.20260110', ANA)]);
    expect(await hosts(services)).toEqual([HOST]);
    const found = async (unit?: string) =>
      (await findUnits(services, 'shop', unit, () => true)).environments.map(({ previews }) => previews);
    expect(await found(SNAP)).toEqual([{ [HOST]: [SNAP] }]);
    expect(await found('header')).toEqual([{}]);
    expect((await services.units.get('shop', SNAP))?.expired_at).toBeDefined();
    expect(await expireUnits(services)).toEqual([]);
    expect(await hosts(services)).toEqual([]);
    expect(await head(services)).toMatchObject({ cause: { type: 'remove-host-routes', hosts: [HOST], expired: [SNAP] } });
  });

  it('goes all the same when the engine was killed between its routes and itself', async () => {
    const services = await shop();
    await show(services, [SNAP]);
    const { expire } = services.units;
    services.units.expire = () => Promise.reject(new Error('killed'));
    services.clock.now += SNAPSHOT_DAYS * DAY + 11 * 60_000;
    await expect(expireUnits(services)).rejects.toThrow('killed');
    expect(await hosts(services)).toEqual([]);
    services.units.expire = expire;
    const { number } = await head(services);
    expect(await expireUnits(services)).toEqual([`shop/${SNAP}`]);
    expect((await head(services)).number).toBe(number);
  });
});

describe('what fits together', () => {
  const picky = async (services: TestServices, id: string, needs: Partial<Unit>) => {
    const { id: _, rollout: __, ...unit } = unitOf(id, needs);
    await publishUnit(services, 'shop', { building: unit.name, unit }, ANA);
  };

  it('a route is refused that shows a unit beside one that it does not fit to, stable or of a rollout', async () => {
    const services = await shop();
    await picky(services, LATER, { dependencies: { header: '^1.1.0' } });
    await expect(show(services, [LATER])).rejects.toMatchObject({
      problem: {
        code: 'unprocessable',
        errors: [
          {
            path: '/units/0',
            message: `a visitor with main 2.0.0-0.snap.20260112 (host ${HOST}) and header 1.0.0 (stable): main 2.0.0-0.snap.20260112 needs header ^1.1.0`,
          },
        ],
      },
    });
    expect((await show(services, [LATER, 'header@1.1.0'])).document.host_routes).toHaveProperty([HOST]);
    await picky(services, 'main@2.1.0', { dependencies: { sidebar: '1.0.0' } });
    await startRollout(services, PLACE, planOf({ units: ['sidebar@1.1.0'] }), ANA);
    await expect(show(services, ['main@2.1.0'], 'other.preview.shop.example')).rejects.toMatchObject({
      problem: { errors: [{ message: expect.stringContaining('arm canary') }] },
    });
  });

  it('a route stands in the way of no rollout and of no version; people are warned', async () => {
    const services = await shop();
    await picky(services, LATER, { compatibility: { header: '1.0.0' } });
    await show(services, [LATER]);
    const fits = (await listCompatible(services, PLACE, 'header')).versions.find(({ unit }) => unit === 'header@1.1.0');
    expect(fits).toMatchObject({ compatible: true, misfits: [] });
    await startRollout(services, PLACE, planOf({ units: ['header@1.1.0'] }), ANA);
    expect(compatibilityWarnings(await head(services)).map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`main 2.0.0-0.snap.20260112 (host ${HOST}) and header 1.1.0`),
    );
  });

  it('what is shown at a host alone is there for nobody else who needs it', async () => {
    const services = await shop();
    const { id: _, ...cart } = unitOf('cart@1.0.0');
    await publishUnit(services, 'shop', { building: 'sidebar', unit: cart }, ANA);
    await picky(services, 'main@3.0.0', { dependencies: { cart: '^1.0.0' } });
    await show(services, ['cart@1.0.0']);
    await expect(startRollout(services, PLACE, planOf({ units: ['main@3.0.0'] }), ANA)).rejects.toMatchObject(
      code('unprocessable', 'without one that it needs'),
    );
    await show(services, ['main@3.0.0', 'cart@1.0.0'], 'cart.preview.shop.example');
  });
});

it('a preview whose bytes are gone is a note, as nobody else sees it; a unit that everybody sees is critical', async () => {
  const services = await shop();
  await show(services, [SNAP, 'header@1.0.0']);
  services.probe = {
    edges: async () => [],
    unit: async ({ id, url, checksum }) => ({ unit: id, url, checksum, found: 'missing', detail: '404' }),
  };
  const { findings } = await checkDrift(services, PLACE);
  const severities = Object.fromEntries(findings.map(({ where, severity }) => [where, severity]));
  expect(severities).toMatchObject({ [SNAP]: 'info', 'header@1.0.0': 'critical', 'main@1.0.0': 'critical' });
});

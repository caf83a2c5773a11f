import { describe, expect, it } from 'vitest';
import { addBuilding } from '#engine/services/add-building.ts';
import { change } from '#engine/services/change.ts';
import { createRelease } from '#engine/services/create-release.ts';
import { promoteUnits } from '#engine/services/promote-units.ts';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { rollBack } from '#engine/services/roll-back.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { MovePlan } from '#schemas/rollout.ts';
import type { Unit } from '#schemas/unit.ts';
import { PLACE, planOf, unitOf } from '../../support/fixtures.ts';
import { STAGING, everybody, headOf, promotionOf, shown, twoEnvironments } from '../../support/releases.ts';
import { ANA, publish } from '../../support/services.ts';

type Shop = Awaited<ReturnType<typeof twoEnvironments>>;

const promote = (services: Shop, request: object, place = PLACE) => promoteUnits(services, place, promotionOf(request), ANA, everybody);

const refusalOf = async (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('it was not refused');
    },
    (error) => error.problem,
  );

describe('promotion from one environment to another', () => {
  it('carries the very same units in one revision, and says where from', async () => {
    const services = await twoEnvironments();
    const source = await headOf(services, STAGING);
    const { revision, moved } = await promote(services, { from: 'staging', reason: 'tested' });
    expect(revision.number).toBe(5);
    expect(revision.document.units).toEqual(source.document.units);
    expect(revision.cause).toMatchObject({
      type: 'move-units',
      origin: { environment: 'staging', revision: source.number, digest: source.digest },
    });
    expect(moved.map(({ building }) => building)).toEqual(['header', 'main', 'sidebar']);
    expect(shown(await rollBack(services, PLACE, {}, ANA))).toEqual({ header: '1.0.0', main: '1.0.0', sidebar: '1.0.0' });
  });

  it('takes a short name, and only the buildings that are named', async () => {
    const services = await twoEnvironments();
    const { revision } = await promote(services, { from: 'stag', buildings: ['main'] });
    expect(shown(revision)).toEqual({ header: '1.0.0', main: '1.1.0', sidebar: '1.0.0' });
  });

  it('by a rollout: one of all that differ, and the units of now for whoever is not in it', async () => {
    const services = await twoEnvironments();
    const { rollout, revision } = await promote(services, { from: 'staging', plan: MovePlan.parse({ strategy: 'canary' }) });
    expect(rollout).toMatchObject({ strategy: 'canary', state: 'running', origin: { environment: 'staging' } });
    expect(Object.keys(rollout!.targets)).toEqual(['header', 'main', 'sidebar']);
    expect(shown(revision)).toEqual({ header: '1.0.0', main: '1.0.0', sidebar: '1.0.0' });
  });

  it('of published units, by name', async () => {
    const services = await twoEnvironments();
    const { revision, moved } = await promote(services, { units: ['main@1.1.0', 'header@1.0.0'] });
    expect(moved).toEqual([{ building: 'main', from: 'main@1.0.0', to: 'main@1.1.0' }]);
    expect(shown(revision)).toEqual({ header: '1.0.0', main: '1.1.0', sidebar: '1.0.0' });
  });

  it('the same request again is carried out once', async () => {
    const services = await twoEnvironments();
    const actor = { ...ANA, idempotencyKey: 'once' };
    const send = () => promoteUnits(services, PLACE, promotionOf({ from: 'staging' }), actor, everybody);
    const first = await send();
    expect(await send()).toEqual(first);
  });
});

const trySomething = (services: Shop) => startRollout(services, STAGING, planOf({ units: ['main@1.2.0'] }), ANA);

describe('what stands against it is told at once, and nothing moves', () => {
  it.each<[string, object, ((services: Shop) => unknown) | null, string, [string, string][]]>([
    ['the same environment', { from: 'production' }, null, 'unprocessable', [['/from', 'is where they are to go']]],
    ['an unknown one', { from: 'nowhere' }, null, 'not-found', []],
    [
      'units that nobody published',
      { units: ['main@7.0.0', 'header@7.0.0'] },
      null,
      'unprocessable',
      [
        ['/units/0', 'not published'],
        ['/units/1', 'not published'],
      ],
    ],
    ['two for one building', { units: ['main@1.1.0', 'main@1.0.0'] }, null, 'unprocessable', [['/units/1', 'is for building main too']]],
    ['nothing that differs', { units: ['main@1.0.0'] }, null, 'nothing-to-move', []],
    [
      'a rollout where they come from, and a building that is not there',
      { from: 'staging', buildings: ['main', 'footer'] },
      trySomething,
      'unprocessable',
      [
        ['/buildings/1', 'staging has no building footer'],
        ['/while_moving', 'is under way in staging'],
      ],
    ],
    [
      'a rollout where they go',
      { from: 'staging' },
      (services) => startRollout(services, PLACE, planOf(), ANA),
      'unprocessable',
      [['/take_back', 'is under way']],
    ],
    [
      'a rollout where they go, by a plan: no place in the layer',
      { from: 'staging', plan: MovePlan.parse({}) },
      (services) => startRollout(services, PLACE, planOf(), ANA),
      'rollout-overlaps',
      [],
    ],
    [
      'a building that is not there yet, and an older unit',
      { from: 'staging' },
      async (services) => {
        await promote(services, { units: ['header@1.2.0'] });
        await publishUnit(services, 'shop', { building: 'footer', unit: omitId(unitOf('footer@1.0.0')) }, ANA);
        await addBuilding(services, STAGING, 'footer', { category: 'footer', unit: 'footer@1.0.0' }, ANA);
      },
      'unprocessable',
      [
        ['/allow_older', 'header@1.1.0 is older than header@1.2.0'],
        ['/from', 'has no building footer yet'],
      ],
    ],
    [
      'a registry that says otherwise',
      { from: 'staging', buildings: ['main'] },
      async (services) => {
        services.database.$client.exec(`delete from units where name = 'main' and version = '1.1.0'`);
        const { id: _, rollout: __, ...unit } = { ...unitOf('main@1.1.0'), checksum: unitOf('main@1.2.0').checksum };
        await publishUnit(services, PLACE.apartment, { building: 'main', unit }, ANA);
      },
      'unprocessable',
      [['/buildings/0', 'is published with']],
    ],
  ])('%s', async (_, request, prepare, code, faults) => {
    const services = await twoEnvironments();
    await publish(services, 'main@1.2.0', 'header@1.2.0');
    await prepare?.(services);
    const before = await headOf(services);
    const problem = await refusalOf(promote(services, request));
    expect(problem.code).toBe(code);
    expect((problem.errors ?? []).map(({ path }: { path: string }) => path)).toEqual(faults.map(([path]) => path));
    for (const [index, [, words]] of faults.entries()) expect(problem.errors[index].message).toContain(words);
    expect(await headOf(services)).toBe(before);
  });

  it.each<[string, object, (services: Shop) => Promise<unknown>]>([
    ['while_moving', { from: 'staging', while_moving: true }, trySomething],
    ['allow_older', { from: 'staging', allow_older: true }, (services) => promote(services, { units: ['header@1.2.0'] })],
    ['take_back', { from: 'staging', take_back: true }, (services) => startRollout(services, PLACE, planOf(), ANA)],
  ])('unless %s says that it is meant', async (_, request, prepare) => {
    const services = await twoEnvironments();
    await publish(services, 'main@1.2.0', 'header@1.2.0');
    await prepare(services);
    const { revision } = await promote(services, request);
    expect(shown(revision)).toEqual({ header: '1.1.0', main: '1.1.0', sidebar: '1.1.0' });
  });

  it('what the asker may not read is not there', async () => {
    const services = await twoEnvironments();
    const only = (environment: string): boolean => environment === 'production';
    await expect(promoteUnits(services, PLACE, promotionOf({ from: 'staging' }), ANA, only)).rejects.toMatchObject({
      problem: { code: 'not-found', detail: 'There is no environment staging of shop; there is production.' },
    });
    await expect(createRelease(services, 'shop', { version: '1.0.0', from: 'staging' }, ANA, only)).rejects.toMatchObject({
      problem: { code: 'not-found' },
    });
  });
});

it('a release of what an environment shows says where it was taken from', async () => {
  const services = await twoEnvironments();
  const { release } = await createRelease(services, 'shop', { version: '1.0.0', from: 'stag' }, ANA, everybody);
  expect(release).toMatchObject({ origin: { environment: 'staging', revision: 4 }, units: { main: { unit: 'main@1.1.0' } } });
  await publish(services, 'main@1.2.0');
  await trySomething(services);
  await expect(createRelease(services, 'shop', { version: '1.0.1', from: 'staging' }, ANA, everybody)).rejects.toMatchObject({
    problem: { errors: [{ path: '/from', message: expect.stringContaining('is under way') }] },
  });
  await change(services, STAGING, ANA, () => ({ type: 'set-holdout', percentage: 0, salt: 'h' }));
});

function omitId(unit: Unit) {
  const { id: _, rollout: __, ...rest } = unit;
  return rest;
}

import { describe, expect, it } from 'vitest';
import { change } from '#engine/services/change.ts';
import { promoteUnit } from '#engine/services/promote-unit.ts';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { rollBack } from '#engine/services/roll-back.ts';
import { FINISHED_ROLLOUTS_KEPT } from '#schemas/limits.ts';
import type { Problem } from '#schemas/problem.ts';
import type { PromoteUnitRequest } from '#schemas/registry.ts';
import { addBuilding } from '#engine/services/add-building.ts';
import { PLACE, planOf, unitOf } from '../../support/fixtures.ts';
import { ANA, type TestServices, publish, testServices } from '../../support/services.ts';

const BEN = { name: 'ben' };
const STAGING = { apartment: 'shop', environment: 'staging' };

const promote = (services: TestServices, version: string, more: Partial<PromoteUnitRequest> = {}, actor = ANA) =>
  promoteUnit(services, 'shop', 'main', { version, ...more }, actor);

async function refusal(work: Promise<unknown>): Promise<Problem> {
  return work.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: { problem: Problem }) => error.problem,
  );
}

/** main@1.0.0 for everybody in production and staging. */
async function shop(...published: string[]): Promise<TestServices> {
  const services = testServices();
  await publish(services, 'main@1.0.0', ...published);
  for (const place of [PLACE, STAGING]) {
    await change(services, place, ANA, () => ({ type: 'create' }));
    await addBuilding(services, place, 'main', { category: 'main', unit: 'main@1.0.0' }, ANA);
  }
  return services;
}

/** Rolls the unit out to everybody. */
async function complete(services: TestServices, place: typeof PLACE, unit: string): Promise<string> {
  const { rollout } = await startRollout(services, place, planOf({ units: [unit] }), ANA);
  await change(services, place, ANA, () => ({ type: 'promote-rollout', rollout: rollout.id, to: 'done' }));
  return rollout.id;
}

describe('promotion', () => {
  it('makes the newest candidate the stable version, with the same bytes, address and details', async () => {
    const services = await shop('main@1.2.0-rc.9', 'main@1.2.0-rc.10', 'main@1.2.0-rc.2', 'main@1.3.0-rc.11');
    const source = (await services.units.get('shop', 'main@1.2.0-rc.10'))!;
    const { created, published } = await promote(services, '1.2.0', { reason: 'it is good' }, BEN);
    expect(created).toBe(true);
    expect(published).toMatchObject({
      building: 'main',
      published_by: 'ben',
      tag: 'v1.2.0',
      kind: 'stable',
      promotion: { from: '1.2.0-rc.10', from_digest: source.digest, verified: false, rollouts: [], reason: 'it is good' },
    });
    expect(published.unit).toEqual({ ...source.unit, id: 'main@1.2.0', version: '1.2.0' });
    expect(await services.units.get('shop', 'main@1.2.0')).toEqual(published);
    expect(await services.units.get('shop', 'main@1.2.0-rc.10')).toEqual(source);
  });

  it('takes the named candidate, and a snapshot to be a candidate', async () => {
    const services = await shop('main@1.2.0-rc.1', 'main@1.2.0-rc.2', 'main@1.2.0-0.snap.20260110', 'main@1.2.0-0.snap.20260111');
    expect((await promote(services, '1.2.0', { from: '1.2.0-rc.1' })).published.promotion!.from).toBe('1.2.0-rc.1');
    const { published } = await promote(services, '1.2.0-rc.3');
    expect(published).toMatchObject({ kind: 'rc', promotion: { from: '1.2.0-0.snap.20260111' } });
    expect(published).not.toHaveProperty('expires_at');
  });

  it('keeps what the candidate went through, in every environment', async () => {
    const services = await shop('main@1.2.0-rc.1');
    const survived = await complete(services, STAGING, 'main@1.2.0-rc.1');
    const { rollout } = await startRollout(services, PLACE, planOf({ units: ['main@1.2.0-rc.1'] }), ANA);
    await rollBack(services, PLACE, { reason: 'no' }, ANA);
    const { published } = await promote(services, '1.2.0');
    expect(published.promotion!.rollouts).toEqual([
      {
        environment: 'production',
        rollout: rollout.id,
        started_in: 3,
        state: 'rolled-back',
        survived: false,
        ended_at: services.now(),
        reason: expect.any(String),
      },
      {
        environment: 'staging',
        rollout: survived,
        started_in: 3,
        state: 'completed',
        survived: true,
        ended_at: services.now(),
        reason: expect.any(String),
      },
    ]);
  });

  it('also of a rollout that the document has forgotten, and not of one whose control it was', async () => {
    const services = await shop('main@1.2.0-rc.1', 'main@1.1.0');
    const first = await complete(services, PLACE, 'main@1.2.0-rc.1');
    for (let turn = 0; turn <= FINISHED_ROLLOUTS_KEPT; turn++) {
      services.clock.now += 1_000;
      await complete(services, PLACE, turn % 2 === 0 ? 'main@1.1.0' : 'main@1.0.0');
    }
    expect((await services.revisions.head(PLACE))!.document.rollouts).not.toHaveProperty(first);
    const { published } = await promote(services, '1.2.0');
    expect(published.promotion!.rollouts).toMatchObject([{ rollout: first, state: 'completed', survived: true }]);
  });

  it('the same again is fine, whoever asks, and also when the candidate is gone', async () => {
    const services = await shop('main@1.2.0-0.snap.20260110');
    const first = await promote(services, '1.2.0-rc.1');
    expect(await promote(services, '1.2.0-rc.1', {}, BEN)).toEqual({ created: false, published: first.published });
    await services.units.expire('shop', 'main@1.2.0-0.snap.20260110', services.now());
    expect(await promote(services, '1.2.0-rc.1')).toEqual({ created: false, published: first.published });
    expect(await promote(services, '1.2.0-rc.1', { from: '1.2.0-0.snap.20260110' })).toEqual({
      created: false,
      published: first.published,
    });
    expect(await refusal(promote(services, '1.2.0-rc.2', { from: '1.2.0-0.snap.20260110' }))).toMatchObject({ code: 'unit-expired' });
  });

  it.each<[string, string, Partial<PromoteUnitRequest>, Partial<Problem>]>([
    [
      'no candidate',
      '1.9.0',
      {},
      { code: 'unprocessable', errors: [{ path: '/version', message: 'there is no release candidate of 1.9.0' }] },
    ],
    ['no snapshot', '1.2.0-rc.9', {}, { errors: [{ path: '/version', message: 'there is no snapshot of 1.2.0' }] }],
    [
      'a candidate of another version',
      '1.2.0',
      { from: '1.3.0-rc.1' },
      { errors: [{ path: '/from', message: 'is no release candidate of 1.2.0' }] },
    ],
    ['a stable version', '1.2.0', { from: '1.0.0' }, { errors: [{ path: '/from', message: 'is no release candidate of 1.2.0' }] }],
    [
      'one that is not published',
      '1.2.0',
      { from: '1.2.0-rc.7' },
      { errors: [{ path: '/from', message: 'main@1.2.0-rc.7 is not published' }] },
    ],
    [
      'to a snapshot',
      '1.2.0-0.snap.20260101',
      {},
      { errors: [{ path: '/version', message: 'is a snapshot, which is published and not promoted to' }] },
    ],
    ['to what is no version', '1.2', {}, { errors: [{ path: '/version', message: 'has 2 of the three numbers MAJOR.MINOR.PATCH' }] }],
  ])('is refused from %s', async (_, version, more, expected) => {
    const services = await shop('main@1.2.0-rc.1', 'main@1.3.0-rc.1');
    expect(await refusal(promote(services, version, more))).toMatchObject(expected);
    expect(await services.units.get('shop', `main@${version}`)).toBeNull();
  });

  it('is refused where the stable version has other bytes, with both digests', async () => {
    const services = await shop('main@1.2.0-rc.1', 'main@1.2.0');
    const { code, detail } = await refusal(promote(services, '1.2.0'));
    expect(code).toBe('unit-differs');
    expect(detail).toContain(unitOf('main@1.2.0').checksum);
    expect(detail).toContain(unitOf('main@1.2.0-rc.1').checksum);
  });

  it('loads nothing unless it is asked to, and then refuses other bytes', async () => {
    const loaded: string[] = [];
    const services = await shop('main@1.2.0-rc.1', 'main@1.3.0-rc.1');
    const { checksum, size, url } = unitOf('main@1.2.0-rc.1');
    services.unitLoader = async (asked) => {
      loaded.push(asked);
      return asked === url ? { checksum, size } : { checksum: `sha384-${'Z'.repeat(64)}`, size };
    };
    expect((await refusal(promote(services, '1.3.0', { verify: true }))).code).toBe('digest-differs');
    expect(await services.units.get('shop', 'main@1.3.0')).toBeNull();
    expect(loaded.splice(0)).toHaveLength(1);
    await promote(services, '1.3.0');
    expect(loaded).toEqual([]);
    expect((await promote(services, '1.2.0', { verify: true })).published.promotion).toMatchObject({ verified: true });
    expect(loaded).toEqual([url]);
  });

  it('of many racing promoters one wins, and those who wanted the same are told so', async () => {
    const services = await shop(...Array.from({ length: 4 }, (_, number) => `main@1.2.0-rc.${number}`));
    const other = testServices(services.file);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) => promote(index % 2 ? services : other, '1.2.0', { from: `1.2.0-rc.${index % 4}` })),
    );
    const { promotion } = (await services.units.get('shop', 'main@1.2.0'))!;
    const won = outcomes.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
    expect(won.filter(({ created }) => created)).toHaveLength(1);
    expect(won).toHaveLength(10);
    expect(new Set(won.map(({ published }) => published.promotion!.from))).toEqual(new Set([promotion!.from]));
    for (const one of outcomes) if (one.status === 'rejected') expect(one.reason.problem.code).toBe('unit-differs');
  });

  it('what was promoted can be published again as it is, and not otherwise', async () => {
    const services = await shop('main@1.2.0-rc.1');
    const { published } = await promote(services, '1.2.0');
    const { id: _, ...unit } = published.unit;
    expect(await publishUnit(services, 'shop', { building: 'main', unit }, BEN)).toEqual({ created: false, published });
    const other = publishUnit(services, 'shop', { building: 'main', unit: { ...unit, size: 7 } }, BEN);
    expect(await refusal(other)).toMatchObject({
      code: 'unit-differs',
      errors: [{ path: '/unit/size', message: 'was published as 1000' }],
    });
  });
});

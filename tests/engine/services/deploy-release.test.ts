import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { change } from '#engine/services/change.ts';
import { breakLock, viewLock, whileLocked } from '#engine/services/deploy-lock.ts';
import { deployRelease } from '#engine/services/deploy-release.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { viewReleaseFile } from '#engine/services/release-file.ts';
import { restoreRevision } from '#engine/services/restore-revision.ts';
import { rollBack } from '#engine/services/roll-back.ts';
import { setPolicy } from '#engine/services/set-policy.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { DEPLOY_LOCK_MS } from '#schemas/limits.ts';
import { Policy } from '#schemas/policy.ts';
import { MovePlan } from '#schemas/rollout.ts';
import { PLACE, planOf } from '../../support/fixtures.ts';
import { deployOf, headOf, makeRelease, shown, twoEnvironments } from '../../support/releases.ts';
import { ANA, publish, testServices } from '../../support/services.ts';

const NEW = ['header@1.1.0', 'main@1.1.0', 'sidebar@1.1.0'];
const OLD = { header: '1.0.0', main: '1.0.0', sidebar: '1.0.0' };
const BEN = { name: 'ben' };

async function withRelease(dataset: string | undefined = 's3://data/2026-01') {
  const services = await twoEnvironments();
  const { release } = await makeRelease(services, '2.0.0', NEW, dataset);
  return { services, release };
}

describe('a release', () => {
  it('is written once: the very same again is fine, anything else is refused with both digests', async () => {
    const { services, release } = await withRelease();
    expect(await makeRelease(services, '2.0.0', NEW.toReversed(), 's3://data/2026-01')).toEqual({ created: false, release });
    for (const [units, dataset] of [
      [NEW, 's3://data/2026-02'],
      [NEW, undefined],
      [['header@1.1.0'], 's3://data/2026-01'],
    ] as const) {
      await expect(makeRelease(services, '2.0.0', [...units], dataset)).rejects.toMatchObject({
        problem: { status: 409, code: 'release-differs', detail: expect.stringMatching(new RegExp(`${release.digest}.*[0-9a-f]{64}`)) },
      });
    }
    expect(await services.releases.list('shop')).toEqual([release]);
  });

  it('names every unit that is not published, and two for one building', async () => {
    const services = await twoEnvironments();
    await expect(makeRelease(services, '2.0.0', ['header@9.0.0', 'main@1.0.0', 'sidebar@9.0.0'])).rejects.toMatchObject({
      problem: { errors: [{ path: '/units/0' }, { path: '/units/2' }] },
    });
    await expect(makeRelease(services, '2.0.0', ['main@1.0.0', 'main@1.1.0'])).rejects.toMatchObject({
      problem: { errors: [{ path: '/units/1', message: 'main@1.0.0 is for building main too' }] },
    });
  });
});

describe('a deploy', () => {
  it('moves all buildings in one revision, which says release and dataset; again it changes nothing', async () => {
    const { services, release } = await withRelease();
    const before = await headOf(services);
    const { revision, changed, moved } = await deployRelease(services, PLACE, deployOf('2.0.0', { reason: 'Friday' }), ANA);
    expect(changed).toBe(true);
    expect(revision.number).toBe(before.number + 1);
    expect(shown(revision)).toEqual({ header: '1.1.0', main: '1.1.0', sidebar: '1.1.0' });
    expect(moved).toHaveLength(3);
    expect(revision.document.release).toEqual({
      version: '2.0.0',
      digest: release.digest,
      dataset: 's3://data/2026-01',
      units: { header: 'header@1.1.0', main: 'main@1.1.0', sidebar: 'sidebar@1.1.0' },
    });
    expect(await viewReleaseFile(services, PLACE)).toMatchObject({
      release: '2.0.0',
      dataset: 's3://data/2026-01',
      environment: 'production',
      changed: [],
      revision: revision.number,
      time: revision.at,
      units: { main: { unit: 'main@1.1.0', version: '1.1.0', url: 'https://cdn.example/main/1.1.0/entry.js' } },
    });
    const again = await deployRelease(services, PLACE, deployOf('2.0.0'), ANA);
    expect(again).toMatchObject({ changed: false, moved: [], revision: { number: revision.number } });
    expect(await viewLock(services, PLACE)).toBeNull();
  });

  it('with a plan is one rollout of what differs; the release is there once it has completed, not before', async () => {
    const { services } = await withRelease();
    const plan = MovePlan.parse({ strategy: 'canary', steps: [10] });
    const { rollout, revision } = await deployRelease(services, PLACE, deployOf('2.0.0', { plan }), ANA);
    expect(Object.keys(rollout!.targets)).toEqual(['header', 'main', 'sidebar']);
    expect(revision.document.release).toBeUndefined();
    expect(await viewReleaseFile(services, PLACE)).toMatchObject({ release: null, dataset: null });
    const done = await moveRollout(services, PLACE, { type: 'promote-rollout', rollout: rollout!.id, to: 'done' }, ANA);
    expect(done.revision.document.release).toMatchObject({ version: '2.0.0', dataset: 's3://data/2026-01' });
  });

  it.each(['rolled back', 'undone'])('by a rollout that was %s leaves the release of before', async (how) => {
    const { services } = await withRelease();
    await makeRelease(services, '1.0.0', ['header@1.0.0', 'main@1.0.0', 'sidebar@1.0.0'], 'old');
    await deployRelease(services, PLACE, deployOf('1.0.0'), ANA);
    const { rollout } = await deployRelease(services, PLACE, deployOf('2.0.0', { plan: MovePlan.parse({}) }), ANA);
    if (how === 'undone') await moveRollout(services, PLACE, { type: 'promote-rollout', rollout: rollout!.id, to: 'done' }, ANA);
    await rollBack(services, PLACE, {}, ANA);
    const head = await headOf(services);
    expect(shown(head)).toEqual(OLD);
    expect(head.document.release).toMatchObject({ version: '1.0.0', dataset: 'old' });
  });

  it('says which buildings something else has moved since', async () => {
    const { services } = await withRelease();
    await publish(services, 'main@1.2.0');
    await deployRelease(services, PLACE, deployOf('2.0.0'), ANA);
    const { rollout } = await startRollout(services, PLACE, planOf({ units: ['main@1.2.0'] }), ANA);
    await moveRollout(services, PLACE, { type: 'promote-rollout', rollout: rollout.id, to: 'done' }, ANA);
    expect(await viewReleaseFile(services, PLACE)).toMatchObject({
      release: '2.0.0',
      changed: ['main'],
      units: { main: { version: '1.2.0' } },
    });
    const { moved } = await deployRelease(services, PLACE, deployOf('2.0.0'), ANA);
    expect(moved).toEqual([{ building: 'main', from: 'main@1.2.0', to: 'main@1.1.0' }]);
  });
});

describe('going back from a deploy brings back the release and the dataset of before', () => {
  async function deployedTwice() {
    const { services } = await withRelease('new data');
    await makeRelease(services, '1.0.0', ['header@1.0.0', 'main@1.0.0', 'sidebar@1.0.0'], 'old data');
    const first = await deployRelease(services, PLACE, deployOf('1.0.0'), ANA);
    const second = await deployRelease(services, PLACE, deployOf('2.0.0'), ANA);
    return { services, first: first.revision, second: second.revision };
  }

  it.each([
    ['rollback', (services: any) => rollBack(services, PLACE, {}, ANA)],
    ['rollback to a revision', (services: any, first: number) => rollBack(services, PLACE, { to_revision: first }, ANA)],
    ['restore', (services: any, first: number) => restoreRevision(services, PLACE, { revision: first }, ANA)],
    ['rollback to last known good', (services: any) => rollBack(services, PLACE, { to_last_known_good: true }, ANA)],
  ])('by %s', async (_, back) => {
    const { services, first } = await deployedTwice();
    await back(services, first.number);
    const head = await headOf(services);
    expect(shown(head)).toEqual(OLD);
    expect(head.document.release).toMatchObject({ version: '1.0.0', dataset: 'old data' });
    expect(await viewReleaseFile(services, PLACE)).toMatchObject({ release: '1.0.0', dataset: 'old data', changed: [] });
  });

  it('to before there was any: on none', async () => {
    const { services } = await deployedTwice();
    const revision = await rollBack(services, PLACE, { to_revision: 4 }, ANA);
    expect(revision.document.release).toBeUndefined();
  });

  it('of one building leaves it, and says that the building differs', async () => {
    const { services } = await deployedTwice();
    await rollBack(services, PLACE, { building: 'main' }, ANA);
    expect(await viewReleaseFile(services, PLACE)).toMatchObject({ release: '2.0.0', changed: ['main'] });
  });

  it('also where only the dataset was another, and not twice', async () => {
    const services = await twoEnvironments();
    const same = ['header@1.0.0', 'main@1.0.0', 'sidebar@1.0.0'];
    await makeRelease(services, '1.0.0', same, 'old data');
    await makeRelease(services, '1.0.1', same, 'new data');
    await deployRelease(services, PLACE, deployOf('1.0.0'), ANA);
    const { moved, changed } = await deployRelease(services, PLACE, deployOf('1.0.1'), ANA);
    expect({ moved, changed }).toEqual({ moved: [], changed: true });
    expect((await rollBack(services, PLACE, {}, ANA)).document.release).toMatchObject({ version: '1.0.0', dataset: 'old data' });
    await expect(rollBack(services, PLACE, {}, ANA)).rejects.toMatchObject({ problem: { code: 'nothing-to-restore' } });
  });
});

describe('before anything moves', () => {
  it.each<[string, (services: Awaited<ReturnType<typeof twoEnvironments>>) => unknown, object, string[]]>([
    ['other bytes', ({ serves }) => serves.set('main@1.1.0', 'other'), {}, ['/release']],
    [
      'two that are gone',
      ({ serves }) => serves.set('main@1.1.0', 'missing').set('header@1.1.0', 'unreachable'),
      {},
      ['/release', '/release'],
    ],
    [
      'a release that somebody changed where it is stored',
      ({ database }) => database.$client.exec(`update releases set release = replace(release, '2026-01', '2026-02')`),
      {},
      ['/release'],
    ],
    ['a rollout in its way', (services) => startRollout(services, PLACE, planOf(), ANA), {}, ['/take_back']],
    ['approvals that the policy asks for', (services) => setPolicy(services, PLACE, Policy.parse({ approvals: 1 }), ANA), {}, ['/plan']],
    ['a plan that is none', () => undefined, { plan: MovePlan.parse({ steps: [50, 20, 100] }) }, ['/plan/steps/1']],
    [
      'a registry that lost two units',
      ({ database }) => void database.$client.exec(`delete from units where name in ('main', 'header') and version = '1.1.0'`),
      { fetch: false },
      ['/release', '/release'],
    ],
  ])('%s: refused, nothing moved, nothing held', async (_, spoil, more, paths) => {
    const { services } = await withRelease();
    await spoil(services);
    const before = await headOf(services);
    const refusal = deployRelease(services, PLACE, deployOf('2.0.0', more), ANA);
    await expect(refusal).rejects.toMatchObject({ problem: { code: 'unprocessable' } });
    const { errors } = await refusal.catch((error) => error.problem);
    expect(errors.map(({ path }: { path: string }) => path)).toEqual(paths);
    expect(await headOf(services)).toBe(before);
    expect(await viewLock(services, PLACE)).toBeNull();
  });

  it('approvals that the policy asks for are not got round by a release of other data alone', async () => {
    const { services } = await withRelease();
    await deployRelease(services, PLACE, deployOf('2.0.0'), ANA);
    await makeRelease(services, '2.0.1', ['header@1.1.0', 'main@1.1.0', 'sidebar@1.1.0'], 's3://other');
    await setPolicy(services, PLACE, Policy.parse({ approvals: 1 }), ANA);
    const before = await headOf(services);
    await expect(deployRelease(services, PLACE, deployOf('2.0.1'), ANA)).rejects.toMatchObject({
      problem: { code: 'unprocessable', errors: [{ path: '/plan', message: expect.stringContaining('changes no unit') }] },
    });
    expect(await headOf(services)).toBe(before);
  });

  it('a record of the registry that is not what was written: refused, nothing moved, nothing held', async () => {
    const { services } = await withRelease();
    services.database.$client.exec(`update units set unit = replace(unit, 'sha384-', 'sha384-AAAA') where name = 'header'`);
    const before = await headOf(services);
    const refusal = deployRelease(services, PLACE, deployOf('2.0.0', { fetch: false }), ANA);
    await expect(refusal).rejects.toMatchObject({ problem: { code: 'unavailable' } });
    expect(await headOf(services)).toBe(before);
    expect(await viewLock(services, PLACE)).toBeNull();
  });

  it('a unit is looked at twice before it is called unreachable, and not at all without fetch', async () => {
    const { services } = await withRelease();
    services.serves.set('main@1.1.0', 'unreachable');
    await expect(deployRelease(services, PLACE, deployOf('2.0.0'), ANA)).rejects.toThrow('cannot be deployed');
    expect(services.looks()).toBe(4);
    await deployRelease(services, PLACE, deployOf('2.0.0', { fetch: false }), ANA);
    expect(services.looks()).toBe(4);
  });

  it('a rollout in its way can be taken back with it, in the same revision', async () => {
    const { services } = await withRelease();
    const { rollout, revision: started } = await startRollout(services, PLACE, planOf(), ANA);
    const { revision } = await deployRelease(services, PLACE, deployOf('2.0.0', { take_back: true }), ANA);
    expect(revision.number).toBe(started.number + 1);
    expect(revision.document.rollouts[rollout.id]!.state).toBe('rolled-back');
    expect(shown(revision)).toEqual({ header: '1.1.0', main: '1.1.0', sidebar: '1.1.0' });
  });

  it('units that a visitor may not be given together are refused', async () => {
    const { services } = await withRelease();
    const { id: _, rollout: __, ...main } = (await headOf(services)).document.units['main@1.0.0']!;
    await publishUnit(
      services,
      'shop',
      { building: 'main', unit: { ...main, version: '3.0.0', compatibility: { header: '^3.0.0' } } },
      ANA,
    );
    await makeRelease(services, '3.0.0', ['main@3.0.0']);
    await expect(deployRelease(services, PLACE, deployOf('3.0.0'), ANA)).rejects.toMatchObject({
      problem: { code: 'unprocessable', errors: [{ message: expect.stringContaining('main 3.0.0 fits only header ^3.0.0') }] },
    });
  });

  it('whatever is wrong with some of the units: all of them move, or none', async () => {
    const { services } = await withRelease();
    const found = fc.constantFrom('same', 'same', 'missing', 'other', 'unreachable');
    await fc.assert(
      fc.asyncProperty(fc.tuple(found, found, found), async (sights) => {
        NEW.forEach((id, index) => services.serves.set(id, sights[index] as 'same'));
        const before = shown(await headOf(services));
        const outcome = await deployRelease(services, PLACE, deployOf('2.0.0'), ANA).catch(() => null);
        const after = shown(await headOf(services));
        expect(outcome !== null).toBe(sights.every((one) => one === 'same'));
        expect(after).toEqual(outcome ? { header: '1.1.0', main: '1.1.0', sidebar: '1.1.0' } : before);
        if (outcome) await rollBack(services, PLACE, { to_revision: 4 }, ANA);
      }),
      { numRuns: 40 },
    );
  });
});

const POINTS = [
  ['revisions', 'head'],
  ['revisions', 'ofRequest'],
  ['revisions', 'commit'],
  ['revisions', 'before'],
  ['units', 'get'],
  ['releases', 'get'],
  ['locks', 'take'],
  ['locks', 'held'],
  ['locks', 'release'],
  ['probe', 'unit'],
] as const;

it('wherever a deploy breaks off, all buildings have moved or none; sent again it is done once', async () => {
  const call = fc.record({ point: fc.constantFrom(...POINTS), nth: fc.nat({ max: 3 }), after: fc.boolean() });
  const seen = { old: 0, new: 0 };
  await fc.assert(
    fc.asyncProperty(call, async ({ point: [store, method], nth, after }) => {
      const { services } = await withRelease();
      const real = (services as any)[store];
      let calls = 0;
      const failing = async (...all: unknown[]) => {
        const isIt = calls++ === nth;
        if (isIt && !after) throw new Error('it broke');
        const answer = await real[method](...all);
        if (isIt) throw new Error('it broke after it was done');
        return answer;
      };
      const broken = { ...services, [store]: { ...real, [method]: failing } };
      const actor = { ...ANA, idempotencyKey: 'the deploy' };
      const outcome = await deployRelease(broken, PLACE, deployOf('2.0.0'), actor).catch((error: Error) => error);
      if (outcome instanceof Error) expect(outcome.message).toContain('it broke');
      const versions = new Set(Object.values(shown(await headOf(services))));
      expect(versions.size).toBe(1);
      seen[versions.has('1.0.0') ? 'old' : 'new']++;
      const { revision } = await deployRelease(services, PLACE, deployOf('2.0.0'), actor);
      expect(revision.number).toBe(5);
      expect((await headOf(services)).number).toBe(5);
      expect(new Set(Object.values(shown(await headOf(services))))).toEqual(new Set(['1.1.0']));
    }),
    { numRuns: 40, seed: 3 },
  );
  expect(seen.old).toBeGreaterThan(0);
  expect(seen.new).toBeGreaterThan(0);
});

it('two engines on one database: one deploy is done, the other is told', async () => {
  const { services } = await withRelease();
  const other = { ...testServices(services.file), probe: services.probe! };
  const outcomes = await Promise.allSettled([
    deployRelease(services, PLACE, deployOf('2.0.0'), { ...ANA, idempotencyKey: 'one' }),
    deployRelease(other, PLACE, deployOf('2.0.0'), { ...BEN, idempotencyKey: 'other' }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({ problem: { detail: expect.stringContaining('ana holds') } });
});

describe('the lock', () => {
  /** A deploy that is held while it looks at its first unit. */
  async function underWay() {
    const { services } = await withRelease();
    const { promise: gate, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: looking, resolve: looks } = Promise.withResolvers<void>();
    const { unit } = services.probe!;
    const probe = { ...services.probe!, unit: async (one: Parameters<typeof unit>[0]) => (looks(), await gate, unit(one)) };
    const deploy = deployRelease({ ...services, probe }, PLACE, deployOf('2.0.0'), ANA);
    deploy.catch(() => undefined);
    await looking;
    return { services, deploy, goOn };
  }

  it('refuses other changes and deploys meanwhile, and names who holds it', async () => {
    const { services, deploy, goOn } = await underWay();
    const held = {
      status: 423,
      code: 'locked',
      detail: expect.stringContaining('ana holds shop/production for the deploy of release 2.0.0'),
    };
    await expect(deployRelease(services, PLACE, deployOf('2.0.0'), BEN)).rejects.toMatchObject({ problem: held });
    await expect(startRollout(services, PLACE, planOf(), BEN)).rejects.toMatchObject({ problem: held });
    expect(await viewLock(services, PLACE)).toMatchObject({ holder: 'ana', until: services.clock.now + DEPLOY_LOCK_MS });
    goOn();
    expect((await deploy).changed).toBe(true);
    expect(await viewLock(services, PLACE)).toBeNull();
    await change(services, PLACE, BEN, () => ({ type: 'set-holdout', percentage: 1, salt: 'h' }));
  });

  it('of two deploys at once one is done, and the other is told who was first', async () => {
    const { services } = await withRelease();
    await makeRelease(services, '2.1.0', ['main@1.1.0']);
    const outcomes = await Promise.allSettled([
      deployRelease(services, PLACE, deployOf('2.0.0'), ANA),
      deployRelease(services, PLACE, deployOf('2.1.0'), BEN),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const lost = outcomes.find((one) => one.status === 'rejected')!;
    expect(lost.reason).toMatchObject({ problem: { code: 'locked', detail: expect.stringMatching(/^(ana|ben) holds/) } });
    expect((await headOf(services)).number).toBe(5);
  });

  it('outlives a deployer that was killed, and ends at its time', async () => {
    const { services } = await underWay(); // never goes on
    services.clock.now += DEPLOY_LOCK_MS - 1;
    await expect(deployRelease(services, PLACE, deployOf('2.0.0'), BEN)).rejects.toMatchObject({ problem: { code: 'locked' } });
    services.clock.now += 1;
    expect((await deployRelease(services, PLACE, deployOf('2.0.0'), BEN)).changed).toBe(true);
  });

  it('is taken again by the same request, sent again after its deployer was killed', async () => {
    const { services } = await withRelease();
    const actor = { ...ANA, idempotencyKey: 'the same' };
    await services.locks.take(PLACE, {
      id: 'the same',
      holder: 'ana',
      purpose: 'it',
      since: services.clock.now,
      until: services.clock.now + 1_000,
    });
    const { revision } = await deployRelease(services, PLACE, deployOf('2.0.0'), actor);
    expect((await deployRelease(services, PLACE, deployOf('2.0.0'), actor)).revision.number).toBe(revision.number);
    expect(services.looks()).toBe(3);
  });

  it('is not taken by another request under the same key', async () => {
    const { services } = await withRelease();
    const asked = (digest: string) => ({ ...ANA, idempotencyKey: 'the same', asked: { request: 'POST /deploy', digest } });
    const held = await whileLocked(services, PLACE, asked('one'), 'it', () =>
      deployRelease(services, PLACE, deployOf('2.0.0'), asked('another')).catch((error: unknown) => error),
    );
    expect(held).toMatchObject({ problem: { code: 'locked' } });
  });

  it.each([
    ['an expired lock', async (services: any) => void (services.clock.now += DEPLOY_LOCK_MS)],
    ['one that somebody ended', (services: any) => breakLock(services, PLACE)],
    [
      'one that somebody else has by now',
      async (services: any) => {
        services.clock.now += DEPLOY_LOCK_MS;
        const { now } = services.clock;
        await services.locks.take(PLACE, { id: 'x', holder: 'ben', purpose: 'his', since: now, until: now + 1_000 });
      },
    ],
  ])('%s: a slow deploy moves nothing', async (_, lose) => {
    const { services, deploy, goOn } = await underWay();
    await lose(services);
    goOn();
    await expect(deploy).rejects.toMatchObject({ problem: { code: 'locked' } });
    expect(shown(await headOf(services))).toEqual(OLD);
  });

  it('that is taken while somebody else decides is found in the commit', async () => {
    const { services } = await withRelease();
    const { rollout } = await startRollout(services, PLACE, planOf(), BEN);
    const folded = async (): Promise<null> => {
      const { now } = services.clock;
      await services.locks.take(PLACE, { id: 'x', holder: 'ana', purpose: 'a deploy', since: now, until: now + 1_000 });
      return null;
    };
    const between = { ...services, health: { ...services.health, folded } };
    const promotion = { type: 'promote-rollout', rollout: rollout.id, to: 'done' } as const;
    await expect(moveRollout(between, PLACE, promotion, BEN)).rejects.toMatchObject({ problem: { code: 'locked' } });
    expect((await headOf(services)).document.rollouts[rollout.id]!.state).toBe('running');
  });

  it('does not hold up an emergency, which ends it: the deploy does not undo the undoing', async () => {
    const { services, deploy, goOn } = await underWay();
    // Before the deploy, somebody had moved something that now hurts.
    await services.locks.release(PLACE);
    await startRollout(services, PLACE, planOf(), BEN);
    const { now } = services.clock;
    await services.locks.take(PLACE, { id: 'again', holder: 'ana', purpose: 'a deploy', since: now, until: now + 1_000 });
    expect((await rollBack(services, PLACE, { reason: '3 a.m.' }, BEN)).cause.type).toBe('restore-units');
    expect(await viewLock(services, PLACE)).toBeNull();
    goOn();
    await expect(deploy).rejects.toMatchObject({ problem: { code: 'locked' } });
    expect(shown(await headOf(services))).toEqual(OLD);
  });

  it('is ended by an emergency that finds nothing else to undo, and says so', async () => {
    const { services, deploy, goOn } = await underWay();
    await expect(rollBack(services, PLACE, {}, BEN)).rejects.toMatchObject({
      problem: { code: 'nothing-to-restore', detail: expect.stringContaining('was stopped and moves nothing any more') },
    });
    expect(await viewLock(services, PLACE)).toBeNull();
    goOn();
    await expect(deploy).rejects.toMatchObject({ problem: { code: 'locked' } });
    expect(shown(await headOf(services))).toEqual(OLD);
    await expect(rollBack(services, PLACE, {}, BEN)).rejects.toMatchObject({
      problem: { detail: expect.not.stringContaining('was stopped') },
    });
  });

  it('that is lost between the last look and the commit is found out in the commit', async () => {
    const { services } = await withRelease();
    const { commit } = services.revisions;
    let lost = false;
    const revisions = {
      ...services.revisions,
      commit: async (...all: Parameters<typeof commit>) => {
        if (!lost) await services.locks.release(PLACE);
        lost = true;
        return commit(...all);
      },
    };
    await expect(deployRelease({ ...services, revisions }, PLACE, deployOf('2.0.0'), ANA)).rejects.toMatchObject({
      problem: { code: 'locked' },
    });
    expect((await headOf(services)).number).toBe(4);
  });

  it('lets the engine take a rollout back, and stops nobody from stopping one', async () => {
    const { services } = await withRelease();
    const { rollout } = await startRollout(services, PLACE, planOf(), ANA);
    const { now } = services.clock;
    await services.locks.take(PLACE, { id: 'x', holder: 'ana', purpose: 'a deploy', since: now, until: now + 1_000 });
    await moveRollout(services, PLACE, { type: 'pause-rollout', rollout: rollout.id }, BEN);
    await expect(moveRollout(services, PLACE, { type: 'resume-rollout', rollout: rollout.id }, BEN)).rejects.toMatchObject({
      problem: { code: 'locked' },
    });
    await moveRollout(services, PLACE, { type: 'abort-rollout', rollout: rollout.id }, BEN);
  });
});

it('in a freeze nothing is deployed, but by whoever says why', async () => {
  const { services } = await withRelease();
  const window = { days: ['thu'], from: '00:00', to: '24:00', time_zone: 'UTC' };
  await setPolicy(services, PLACE, Policy.parse({ freeze_windows: [window] }), ANA);
  await expect(deployRelease(services, PLACE, deployOf('2.0.0'), ANA)).rejects.toMatchObject({ problem: { code: 'frozen' } });
  const { changed } = await deployRelease(services, PLACE, deployOf('2.0.0', { override_freeze: true, reason: 'it must be' }), ANA);
  expect(changed).toBe(true);
});

import { describe, expect, it } from 'vitest';
import { NO_PARENT, revisionDigest } from '#engine/db/revision-digest.ts';
import { change } from '#engine/services/change.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { ProblemError } from '#schemas/problem.ts';
import { Revision } from '#schemas/revision.ts';
import { forgetVisitors } from '#engine/controller/forget-visitors.ts';
import { MINUTE, PLACE, flagOf, planOf, unitOf } from '../../support/fixtures.ts';
import { ANA, seedShop, testServices } from '../../support/services.ts';
import { verdictOf } from '../../support/verdicts.ts';

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof ProblemError ? error.problem.code : error),
  );

describe('the chain', () => {
  it('links every revision to the one before by its digest, and every one is valid', async () => {
    const services = testServices();
    await seedShop(services);
    await startRollout(services, PLACE, planOf(), ANA);
    const places = await services.revisions.places();
    expect(places).toEqual([{ ...PLACE, revision: 5, at: services.now() }]);
    let parent = NO_PARENT;
    for (let number = 1; number <= 5; number++) {
      const revision = (await services.revisions.at(PLACE, number))!;
      expect(Revision.parse(revision)).toEqual(revision);
      expect(revision.parent_digest).toBe(parent);
      expect(revisionDigest(revision)).toBe(revision.digest);
      parent = revision.digest;
    }
    expect(await services.outbox.delivery(PLACE)).toEqual({ delivered_revision: 0, pending: 5, last_error: null });
  });

  it('survives closing and opening the file', async () => {
    const services = testServices();
    await seedShop(services);
    const again = testServices(services.file);
    expect(await again.revisions.head(PLACE)).toEqual(await services.revisions.head(PLACE));
  });

  it('a change that changes nothing makes no revision and tells nobody', async () => {
    const services = testServices();
    await seedShop(services);
    const { rollout } = await startRollout(services, PLACE, planOf(), ANA);
    const commits = services.commits();
    const verdict = verdictOf(rollout, 'inconclusive');
    const { changed } = await moveRollout(services, PLACE, { type: 'judge-rollout', rollout: rollout.id, verdict }, ANA);
    expect(changed).toBe(false);
    expect((await services.revisions.head(PLACE))!.number).toBe(5);
    expect(services.commits()).toBe(commits);
  });

  it('a refused change leaves nothing behind', async () => {
    const services = testServices();
    await seedShop(services);
    expect(await refusal(startRollout(services, PLACE, planOf({ steps: [50, 20] }), ANA))).toBe('unprocessable');
    expect((await services.revisions.head(PLACE))!.number).toBe(4);
    expect((await services.outbox.delivery(PLACE)).pending).toBe(4);
  });
});

describe('a request that is sent again', () => {
  const request = { name: 'ana', idempotencyKey: 'token POST /rollouts 1' };

  it('is carried out once, and answers with what it did', async () => {
    const services = testServices();
    await seedShop(services);
    const first = await startRollout(services, PLACE, planOf({ steps: [5, 50, 100] }), request);
    const promote = { type: 'promote-rollout', rollout: first.rollout.id, to: 'next-step' } as const;
    await moveRollout(services, PLACE, promote, { ...request, idempotencyKey: 'another' });
    await moveRollout(services, PLACE, promote, { ...request, idempotencyKey: 'another' });
    const again = await startRollout(services, PLACE, planOf({ steps: [5, 50, 100] }), request);
    expect(again.rollout).toEqual(first.rollout);
    expect(again.revision.number).toBe(5);
    const head = (await services.revisions.head(PLACE))!;
    expect([head.number, head.document.rollouts[first.rollout.id]!.step]).toEqual([6, 1]);
  });

  it('at the same time is carried out once too', async () => {
    const services = testServices();
    await seedShop(services);
    const results = await Promise.all(Array.from({ length: 8 }, () => startRollout(services, PLACE, planOf(), request)));
    expect(new Set(results.map(({ rollout }) => rollout.id)).size).toBe(1);
    expect((await services.revisions.head(PLACE))!.number).toBe(5);
  });

  it('is forgotten after a day', async () => {
    const services = testServices();
    await seedShop(services);
    const key = { ...request, idempotencyKey: 'flag' };
    const set = (enabled: boolean) => change(services, PLACE, key, () => ({ type: 'set-flag', name: 'f', flag: flagOf({ enabled }) }));
    await set(true);
    services.clock.now += 25 * 60 * MINUTE;
    await forgetVisitors(services);
    expect((await set(false)).revision.number).toBe(6);
  });
});

it('setting what is set already makes no revision', async () => {
  const services = testServices();
  await seedShop(services);
  const set = () => change(services, PLACE, ANA, () => ({ type: 'set-flag', name: 'f', flag: flagOf() }));
  expect((await set()).revision.number).toBe(5);
  expect(await set()).toMatchObject({ changed: false, revision: { number: 5 } });
});

it.each<[string, unknown]>([
  ['larger than an edge takes', { note: 'x'.repeat(1_100_000) }],
  ['nested deeper than an edge takes', Array.from({ length: 31 }).reduce((inside) => ({ inside }), {})],
])('a document whose snapshot would be %s is refused', async (_, metadata) => {
  const services = testServices();
  await seedShop(services);
  const unit = { ...unitOf('footer@1.0.0'), metadata: metadata as Record<string, unknown> };
  const add = change(services, PLACE, ANA, () => ({ type: 'add-building', building: 'footer', category: 'footer', unit }));
  expect(await refusal(add)).toBe('unprocessable');
  expect((await services.revisions.head(PLACE))!.number).toBe(4);
});

describe('changes at the same time', () => {
  it('are all kept, each on top of the other, however they interleave', async () => {
    const services = testServices();
    await seedShop(services);
    const other = testServices(services.file);
    const names = Array.from({ length: 15 }, (_, index) => `flag-${index}`);
    const set = (on: typeof services, name: string) =>
      change(on, PLACE, ANA, async () => {
        await new Promise((done) => setImmediate(done)); // lets the others read the same head
        return { type: 'set-flag', name, flag: flagOf() };
      });
    await Promise.all(names.map((name, index) => set(index % 2 ? services : other, name)));
    const head = (await services.revisions.head(PLACE))!;
    expect(Object.keys(head.document.flags).toSorted()).toEqual(names.toSorted());
    expect(head.number).toBe(4 + names.length);
  });

  it('a revision number is given out once: of two commits on one head one is told that it came late', async () => {
    const services = testServices();
    await seedShop(services);
    const head = (await services.revisions.head(PLACE))!;
    const next = { ...head, number: head.number + 1, parent_digest: head.digest };
    const outcomes = await Promise.all([
      services.revisions.commit(next, 'a', '{}'),
      services.revisions.commit({ ...next, actor: 'ben' }, 'b', '{}'),
    ]);
    expect(outcomes).toEqual([true, false]);
    expect((await services.outbox.delivery(PLACE)).pending).toBe(5);
  });

  it('a change made on an old sight of the document is refused', async () => {
    const services = testServices();
    await seedShop(services);
    const flag = { type: 'set-flag' as const, name: 'f', flag: flagOf() };
    expect(await refusal(change(services, PLACE, { name: 'ana', ifMatch: 3 }, () => flag))).toBe('precondition-failed');
    expect(await refusal(change(services, PLACE, { name: 'ana', ifMatch: 4 }, () => flag))).toBeUndefined();
  });
});

it('nothing is decided on a head that is damaged', async () => {
  const services = testServices();
  await seedShop(services);
  services.database.$client.exec(`update revisions set document = replace(document, 'cdn.example', 'cdm.example') where number = 4`);
  const flag = { type: 'set-flag' as const, name: 'f', flag: flagOf() };
  const restarted = testServices(services.file); // what was read before is still right
  await expect(change(restarted, PLACE, { name: 'ana' }, () => flag)).rejects.toMatchObject({
    problem: { code: 'unavailable', detail: expect.stringContaining('Revision 4 of shop/production is damaged') },
  });
  expect((await services.revisions.head(PLACE))!.number).toBe(4);
});

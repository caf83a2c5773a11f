import { describe, expect, it } from 'vitest';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { previewRollBack, rollBack } from '#engine/services/roll-back.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import type { RollBackRequest } from '#schemas/roll-back.ts';
import { PLACE, planOf } from '../../support/fixtures.ts';
import { ANA, type TestServices, publish, seedShop, testServices } from '../../support/services.ts';

async function shop(): Promise<TestServices> {
  const services = testServices();
  await seedShop(services);
  return services;
}

async function complete(services: TestServices, ...units: string[]): Promise<void> {
  const { rollout } = await startRollout(services, PLACE, planOf({ units }), ANA);
  await moveRollout(services, PLACE, { type: 'promote-rollout', rollout: rollout.id, to: 'done' }, ANA);
}

const active = (revision: { document: { buildings: Record<string, { active_unit: string }> } }) =>
  Object.fromEntries(Object.entries(revision.document.buildings).map(([name, building]) => [name, building.active_unit]));

describe('one command undoes things', () => {
  it('takes live rollouts back, and leaves what is stable alone', async () => {
    const services = await shop();
    await complete(services, 'header@1.1.0');
    const { rollout } = await startRollout(services, PLACE, planOf(), ANA);
    const revision = await rollBack(services, PLACE, { reason: 'it hurts' }, ANA);
    expect(revision.document.rollouts[rollout.id]).toMatchObject({ state: 'rolled-back', state_reason: 'it hurts' });
    expect(active(revision)).toEqual({ header: 'header@1.1.0', main: 'main@1.0.0', sidebar: 'sidebar@1.0.0' });
    expect(revision.number).toBe(8);
  });

  it('with nothing live, returns to the units before the latest change of units', async () => {
    const services = await shop();
    await complete(services, 'main@1.1.0');
    await complete(services, 'header@1.1.0');
    expect(active(await rollBack(services, PLACE, {}, ANA))).toEqual({
      header: 'header@1.0.0',
      main: 'main@1.1.0',
      sidebar: 'sidebar@1.0.0',
    });
  });

  it('of one building only, whatever happened to the others since', async () => {
    const services = await shop();
    await complete(services, 'main@1.1.0');
    await complete(services, 'header@1.1.0');
    expect(active(await rollBack(services, PLACE, { building: 'main' }, ANA))).toEqual({
      header: 'header@1.1.0',
      main: 'main@1.0.0',
      sidebar: 'sidebar@1.0.0',
    });
  });

  it('to a named revision, taking back rollouts on the way', async () => {
    const services = await shop();
    await complete(services, 'main@1.1.0');
    await publish(services, 'main@1.2.0');
    const { rollout } = await startRollout(services, PLACE, planOf({ units: ['main@1.2.0'] }), ANA);
    const revision = await rollBack(services, PLACE, { to_revision: 4 }, ANA);
    expect(active(revision)).toEqual({ header: 'header@1.0.0', main: 'main@1.0.0', sidebar: 'sidebar@1.0.0' });
    expect(revision.document.rollouts[rollout.id]!.state).toBe('rolled-back');
    expect(revision.document.units).toHaveProperty('main@1.0.0');
  });

  it('once: asked again, it leaves the good change before alone and says how to go further', async () => {
    const services = await shop();
    await complete(services, 'main@1.1.0');
    await complete(services, 'header@1.1.0');
    await rollBack(services, PLACE, {}, ANA);
    const again = rollBack(services, PLACE, {}, ANA);
    await expect(again).rejects.toMatchObject({ problem: { code: 'nothing-to-restore', detail: expect.stringContaining('undo already') } });
    expect(active(await rollBack(services, PLACE, { building: 'main' }, ANA))).toMatchObject({
      main: 'main@1.0.0',
      header: 'header@1.0.0',
    });
  });

  it.each(['abort-rollout', 'roll-back-rollout'] as const)('nothing more, when %s did it just before', async (type) => {
    const services = await shop();
    await complete(services, 'header@1.1.0');
    const { rollout } = await startRollout(services, PLACE, planOf(), ANA);
    await moveRollout(services, PLACE, { type, rollout: rollout.id }, ANA);
    await expect(rollBack(services, PLACE, {}, ANA)).rejects.toMatchObject({ problem: { code: 'nothing-to-restore' } });
    expect(active(await rollBack(services, PLACE, { building: 'header' }, ANA))).toMatchObject({ header: 'header@1.0.0' });
  });

  it('tells in the history what it took back, and why', async () => {
    const services = await shop();
    const { rollout } = await startRollout(services, PLACE, planOf(), ANA);
    await rollBack(services, PLACE, { reason: 'because 3am' }, ANA);
    const [newest] = await services.revisions.list(PLACE, 99, 1);
    expect(newest!.summary).toBe(`Rolled back ${rollout.id}. Back to main@1.0.0, as in revision 5. because 3am`);
  });

  it('tells what went with it, too, because it came after', async () => {
    const services = await shop();
    const { rollout: first } = await startRollout(services, PLACE, planOf(), ANA);
    const after = (units: string[], ids: string[]) => startRollout(services, PLACE, planOf({ units, after: ids }), ANA);
    const { rollout: second } = await after(['header@1.1.0'], [first.id]);
    const { rollout: third } = await after(['sidebar@1.1.0'], [second.id]);
    const { document, cause, number } = await rollBack(services, PLACE, { building: 'main' }, ANA);
    expect([first, second, third].map(({ id }) => document.rollouts[id]!.state)).toEqual(['rolled-back', 'aborted', 'aborted']);
    expect(cause).toMatchObject({ rollouts: [first.id, second.id, third.id] });
    const summary = `Rolled back ${first.id}, ${second.id}, ${third.id}. Back to main@1.0.0, as in revision ${number - 1}.`;
    expect((await services.revisions.list(PLACE, 99, 1))[0]!.summary).toBe(summary);
  });

  it('tells what was under way because of what it undid', async () => {
    const services = await shop();
    const { rollout: first } = await startRollout(services, PLACE, planOf(), ANA);
    const { rollout: second } = await startRollout(services, PLACE, planOf({ units: ['header@1.1.0'], after: [first.id] }), ANA);
    await moveRollout(services, PLACE, { type: 'promote-rollout', rollout: first.id, to: 'done' }, ANA);
    await moveRollout(services, PLACE, { type: 'begin-rollout', rollout: second.id }, ANA);
    const { document, cause } = await rollBack(services, PLACE, { building: 'main' }, ANA);
    expect(document.rollouts[second.id]!.state).toBe('rolled-back');
    expect(cause).toMatchObject({ rollouts: [second.id] });
  });

  it('to a revision from before the building, takes its rollout back all the same', async () => {
    const services = await shop();
    const { rollout } = await startRollout(services, PLACE, planOf(), ANA);
    const revision = await rollBack(services, PLACE, { to_revision: 2 }, ANA);
    expect(revision.document.rollouts[rollout.id]!.state).toBe('rolled-back');
    expect(active(revision)).toMatchObject({ main: 'main@1.0.0' });
  });

  it.each<[string, Parameters<typeof rollBack>[2], string]>([
    ['when nothing was ever different', {}, 'nothing-to-restore'],
    ['for a building that is not there', { building: 'footer' }, 'not-found'],
    ['to a revision that is not there', { to_revision: 99 }, 'not-found'],
    ['to the units that visitors get already', { to_revision: 4 }, 'nothing-to-restore'],
  ])('is refused %s', async (_, request, code) => {
    const services = await shop();
    await expect(rollBack(services, PLACE, request, ANA)).rejects.toMatchObject({ problem: { code } });
    expect((await services.revisions.head(PLACE))!.number).toBe(4);
  });
});

describe('a preview says what an undo does, and changes nothing', () => {
  const live = async (services: TestServices, units: string[], more = {}): Promise<string> =>
    (await startRollout(services, PLACE, planOf({ units, ...more }), ANA)).rollout.id;

  it.each<[string, (services: TestServices) => Promise<unknown>, RollBackRequest]>([
    [
      'of what is live, and what waits for it',
      async (services) => live(services, ['header@1.1.0'], { after: [await live(services, ['main@1.1.0'])] }),
      {},
    ],
    ['of what had completed', (services) => complete(services, 'main@1.1.0', 'header@1.1.0'), {}],
    [
      'of one building',
      async (services) => (await complete(services, 'main@1.1.0'), complete(services, 'header@1.1.0')),
      { building: 'main' },
    ],
    ['to a revision', async (services) => (await complete(services, 'main@1.1.0'), complete(services, 'header@1.1.0')), { to_revision: 4 }],
    ['to what proved good', (services) => complete(services, 'main@1.1.0'), { to_last_known_good: true }],
  ])('%s', async (_, prepare, request) => {
    const services = await shop();
    await prepare(services);
    const before = (await services.revisions.head(PLACE))!;
    const preview = await previewRollBack(services, PLACE, request);
    expect((await services.revisions.head(PLACE))!.digest).toBe(before.digest);
    const after = await rollBack(services, PLACE, request, ANA);
    const [was, is] = [active(before), active(after)];
    expect(preview.revision).toBe(before.number);
    expect(preview.units.filter(({ from, to }) => from !== to)).toEqual(
      Object.keys(is).flatMap((building) => (was[building] === is[building] ? [] : [{ building, from: was[building], to: is[building] }])),
    );
    const ended = Object.values(after.document.rollouts).filter(
      ({ id, ended_at: at }) => at !== undefined && !before.document.rollouts[id]!.ended_at,
    );
    expect(preview.rollouts).toEqual(ended.map(({ id }) => id));
    expect(preview.units.length).toBeGreaterThan(0);
  });

  it('and asked twice says what there is beyond what was undone', async () => {
    const services = await shop();
    await complete(services, 'header@1.1.0');
    await complete(services, 'main@1.1.0');
    await rollBack(services, PLACE, {}, ANA);
    const { message } = (await rollBack(services, PLACE, {}, ANA).catch((error: unknown) => error)) as Error;
    const [, back] = /"concierge rollback --to-revision (\d+)" undoes that too/.exec(message)!;
    const { document } = await rollBack(services, PLACE, { to_revision: Number(back) }, ANA);
    expect([document.buildings['header']!.active_unit, document.buildings['main']!.active_unit]).toEqual(['header@1.0.0', 'main@1.0.0']);
  });

  it('and refuses what the undo would be refused', async () => {
    const services = await shop();
    await complete(services, 'header@1.1.0');
    const id = await live(services, ['main@1.1.0']);
    await moveRollout(services, PLACE, { type: 'abort-rollout', rollout: id }, ANA);
    const refusal = await rollBack(services, PLACE, {}, ANA).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ problem: { code: 'nothing-to-restore', detail: expect.stringContaining('was an undo already') } });
    await expect(previewRollBack(services, PLACE, {})).rejects.toEqual(refusal);
    // The completed rollout came before it, and may be what is meant.
    const [, back] = /"concierge rollback --to-revision (\d+)" undoes that too/.exec((refusal as Error).message)!;
    expect((await rollBack(services, PLACE, { to_revision: Number(back) }, ANA)).document.buildings['header']!.active_unit).toBe(
      'header@1.0.0',
    );
  });
});

import { lte } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { tick } from '#engine/controller/tick.ts';
import { revisions } from '#engine/db/tables.ts';
import { change } from '#engine/services/change.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { restoreRevision } from '#engine/services/restore-revision.ts';
import { rollBack } from '#engine/services/roll-back.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { takeAlerts } from '#engine/services/take-alerts.ts';
import { viewEnding } from '#engine/services/view-ending.ts';
import { Command } from '#schemas/command.ts';
import type { Revision } from '#schemas/revision.ts';
import { MINUTE, PLACE, planOf, unitOf } from '../../support/fixtures.ts';
import { eventOf, folded, ingest, shopMoving } from '../../support/health.ts';
import { ANA, type TestServices } from '../../support/services.ts';

const fail = (error: unknown): never => {
  throw error;
};

/** A rollout of which three visitors told how it went, one of them of an error, which a tick has seen. */
async function givenHealth() {
  const { services, rollout } = await shopMoving();
  for (const visitor of ['v1', 'v2', 'v3'])
    await ingest(services, eventOf(rollout, { visitor }), eventOf(rollout, { visitor, kind: 'exposure' }));
  await ingest(services, eventOf(rollout, { visitor: 'v3', kind: 'error' }));
  await tick(services, fail);
  return { services, rollout };
}

const headOf = async (services: TestServices): Promise<Revision> => (await services.revisions.head(PLACE))!;

const ENDS: { name: string; actor?: string; end: (services: TestServices, rollout: string) => Promise<unknown> }[] = [
  { name: 'a person aborts it', end: (services, rollout) => moveRollout(services, PLACE, { type: 'abort-rollout', rollout }, ANA) },
  { name: 'a person rolls it back', end: (services, rollout) => moveRollout(services, PLACE, { type: 'roll-back-rollout', rollout }, ANA) },
  {
    name: 'a person promotes it to everyone',
    end: (services, rollout) => moveRollout(services, PLACE, { type: 'promote-rollout', rollout, to: 'done' }, ANA),
  },
  { name: 'an emergency takes it back', end: (services) => rollBack(services, PLACE, {}, ANA) },
  {
    name: 'something else is deployed over it',
    end: (services) => change(services, PLACE, ANA, () => ({ type: 'move-units', units: { main: unitOf('main@1.1.0') }, take_back: true })),
  },
  { name: 'a revision before it is restored', end: (services) => restoreRevision(services, PLACE, { revision: 3 }, ANA) },
  {
    name: 'an alert takes it back',
    actor: 'alert:errors',
    end: (services) => takeAlerts(services, PLACE, { name: 'errors', status: 'firing', building: 'main', action: 'roll-back' }),
  },
];

describe('what was seen of a rollout when it ended is kept', () => {
  it.each(ENDS)('when $name', async ({ actor = 'ana', end }) => {
    const { services, rollout } = await givenHealth();
    services.clock.now += MINUTE;
    await end(services, rollout);
    const { number } = await headOf(services);
    services.clock.now += MINUTE;
    for (let later = 0; later < 5; later++) {
      await change(services, PLACE, ANA, () => ({ type: 'set-group', name: `g${later}`, group: ['v1'] }));
    }
    const ending = await viewEnding(services, PLACE, rollout);
    expect(ending).toMatchObject({ revision: number, at: services.clock.now - MINUTE, actor });
    expect(ending.verdict!.observed.arms['canary']).toMatchObject({ exposures: 3, visitors: 3, failed_visitors: 1 });
    expect(ending.verdict!.observed.at).toBe(ending.at);
  });

  it('when the engine ends it: the verdict that it acted on', async () => {
    const { services, rollout } = await shopMoving({ analysis: { warm_up: 0 } });
    const events = Array.from({ length: 40 }, (_, visitor) => eventOf(rollout, { visitor: `v${visitor}`, kind: 'error' }));
    await ingest(services, ...events);
    services.clock.now += MINUTE;
    await tick(services, fail);
    const { revision, actor, verdict } = await viewEnding(services, PLACE, rollout);
    const { number, cause } = await headOf(services);
    expect({ revision, actor }).toEqual({ revision: number, actor: 'engine' });
    expect(cause).toMatchObject({ type: 'judge-rollout', verdict });
    expect(cause).not.toHaveProperty('seen');
    expect(verdict!.recommendation).toBe('roll-back');
  });

  it('when what it came after is undone', async () => {
    const { services, rollout: first } = await shopMoving();
    await moveRollout(services, PLACE, { type: 'promote-rollout', rollout: first, to: 'done' }, ANA);
    const { rollout } = await startRollout(services, PLACE, planOf({ units: ['header@1.1.0'], after: [first] }), ANA);
    await ingest(services, eventOf(rollout.id, { kind: 'error' }));
    await tick(services, fail);
    await rollBack(services, PLACE, { building: 'main', to_revision: 4 }, ANA);
    const { actor, verdict } = await viewEnding(services, PLACE, rollout.id);
    expect(actor).toBe('ana');
    expect(verdict!.observed.arms['canary']).toMatchObject({ failed_visitors: 1 });
  });

  it('unless nobody had been given it', async () => {
    const { services, rollout: first } = await shopMoving();
    const { rollout } = await startRollout(services, PLACE, planOf({ units: ['header@1.1.0'], after: [first] }), ANA);
    await moveRollout(services, PLACE, { type: 'abort-rollout', rollout: first }, ANA);
    expect(await viewEnding(services, PLACE, rollout.id)).toMatchObject({ actor: 'ana', verdict: null });
  });

  it('and keeps nobody from taking it back when it cannot be looked at', async () => {
    const { services, rollout } = await givenHealth();
    services.database.$client.exec('drop table health_states');
    await expect(services.health.folded(PLACE, rollout)).rejects.toThrow('no such table');
    await rollBack(services, PLACE, {}, ANA);
    expect(await viewEnding(services, PLACE, rollout)).toMatchObject({ actor: 'ana', verdict: null });
  });

  it('and keeps nobody from taking it back when it cannot be told', async () => {
    const { services, rollout } = await shopMoving();
    const boundless = { ...services, health: { ...services.health, folded: async () => stateOf(services, rollout) } };
    const stateOf = async (of: TestServices, id: string) => {
      await ingest(of, eventOf(id));
      const state = await folded(of, id);
      for (const { arms } of state.health) for (const arm of Object.values(arms)) arm.latency_sum_squares = Number.POSITIVE_INFINITY;
      return state;
    };
    await rollBack(boundless, PLACE, {}, ANA);
    expect(await viewEnding(services, PLACE, rollout)).toMatchObject({ actor: 'ana', verdict: null });
  });

  it('or says that it is not, when the chain begins later', async () => {
    const { services, rollout } = await givenHealth();
    await moveRollout(services, PLACE, { type: 'abort-rollout', rollout }, ANA);
    const { number, at } = await headOf(services);
    services.clock.now += MINUTE;
    await change(services, PLACE, { name: 'ben' }, () => ({ type: 'set-group', name: 'g', group: ['v1'] }));
    services.database.delete(revisions).where(lte(revisions.number, number)).run();
    expect(await viewEnding(services, PLACE, rollout)).toEqual({ at, revision: null, actor: null, verdict: null });
  });

  it('is not there before', async () => {
    const { services, rollout } = await givenHealth();
    await expect(viewEnding(services, PLACE, rollout)).rejects.toThrow('has not ended');
    await expect(viewEnding(services, PLACE, 'nobody')).rejects.toThrow('nobody');
  });
});

describe('what was seen when somebody decided over a rollout is kept', () => {
  it.each([
    ['pause', { type: 'pause-rollout' }],
    ['the next step', { type: 'promote-rollout', to: 'next-step' }],
    ['an edit', { type: 'edit-rollout', changes: { monitoring: { max_error_rate: 50 } } }],
    ['a restart', { type: 'restart-rollout' }],
    ['a re-salt', { type: 're-salt-rollout', salt: 'other', reason: 'anew' }],
  ] as const)('%s', async (_, command) => {
    const { services, rollout } = await givenHealth();
    await moveRollout(services, PLACE, { ...command, rollout } as Parameters<typeof moveRollout>[2], ANA);
    const { cause } = await headOf(services);
    expect(Command.parse(cause)).toEqual(cause);
    if (cause.type !== command.type) throw new Error(`caused by ${cause.type}`);
    expect(cause.seen![rollout]!.observed.arms['canary']).toMatchObject({ visitors: 3, failed_visitors: 1 });
  });

  it('but not of rollouts that stay as they are', async () => {
    const { services, rollout } = await givenHealth();
    const { rollout: other } = await startRollout(services, PLACE, planOf({ units: ['header@1.1.0'] }), ANA);
    expect((await headOf(services)).cause).not.toHaveProperty('seen');
    await rollBack(services, PLACE, { building: 'header' }, ANA);
    const { cause } = await headOf(services);
    expect(Object.keys((cause as { seen: object }).seen)).toEqual([other.id]);
    expect((await headOf(services)).document.rollouts[rollout]!.state).toBe('running');
  });
});

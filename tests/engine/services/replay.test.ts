import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { tick } from '#engine/controller/tick.ts';
import { revisions } from '#engine/db/tables.ts';
import { currentPeriod } from '#engine/domain/shares.ts';
import { ingestBeacons } from '#engine/services/ingest-beacons.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { replayRollout } from '#engine/services/replay-rollout.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import { MINUTE, PLACE, planOf } from '../../support/fixtures.ts';
import { ANA, seedShop, testServices } from '../../support/services.ts';

const fail = (error: unknown): never => {
  throw error;
};

/** A rollout that took a step by itself, was told to take another, and was then taken back because everybody failed. */
async function givenDecisions() {
  const services = testServices();
  await seedShop(services);
  const plan = planOf({ steps: [50, 80, 100], analysis: { promotion: 'limits', warm_up: 0 } });
  const { rollout } = await startRollout(services, PLACE, plan, ANA);
  let serial = 0;
  const report = async (kind: 'loaded' | 'error'): Promise<void> => {
    const period = currentPeriod((await services.revisions.head(PLACE))!.document.rollouts[rollout.id]!);
    const of = (arm: string, kindOfArm: 'loaded' | 'error'): HealthEvent[] =>
      Array.from({ length: 40 }, () => ({
        rollout: rollout.id,
        period,
        arm,
        visitor: `v${serial++}`,
        kind: kindOfArm,
        at: services.now(),
      }));
    await ingestBeacons(services, { ...PLACE, events: [...of('canary', kind), ...of('control', 'loaded')] });
  };
  await report('loaded');
  services.clock.now += 11 * MINUTE;
  await tick(services, fail);
  await moveRollout(services, PLACE, { type: 'pause-rollout', rollout: rollout.id }, ANA);
  await report('error');
  services.clock.now += MINUTE;
  await tick(services, fail);
  return { services, id: rollout.id };
}

describe('replaying a rollout', () => {
  it('reaches every decision of the engine again, and tells of nobody else’s', async () => {
    const { services, id } = await givenDecisions();
    const decisions = await replayRollout(services, PLACE, id);
    expect(decisions.map(({ state, stored, same }) => [state, stored.recommendation, same])).toEqual([
      ['running', 'advance', true],
      ['rolled-back', 'roll-back', true],
    ]);
  });

  it('takes no other words for another decision', async () => {
    const { services, id } = await givenDecisions();
    const last = (await replayRollout(services, PLACE, id)).at(-1)!;
    const { document } = (await services.revisions.at(PLACE, last.revision))!;
    document.rollouts[id]!.state_reason = 'As an older engine told it.';
    const stored = eq(revisions.number, last.revision);
    services.database
      .update(revisions)
      .set({ document: JSON.stringify(document) })
      .where(stored)
      .run();
    expect((await replayRollout(services, PLACE, id)).at(-1)).toMatchObject({ same: true });
    document.rollouts[id]!.step++;
    services.database
      .update(revisions)
      .set({ document: JSON.stringify(document) })
      .where(stored)
      .run();
    expect((await replayRollout(services, PLACE, id)).at(-1)).toMatchObject({ same: false });
  });

  it('finds a decision that what was seen does not support', async () => {
    const { services, id } = await givenDecisions();
    const [first] = await replayRollout(services, PLACE, id);
    const { cause } = (await services.revisions.at(PLACE, first!.revision))!;
    if (cause.type !== 'judge-rollout') throw new Error('not a judgement');
    cause.verdict.observed.arms.canary!.failed_visitors = 40;
    services.database
      .update(revisions)
      .set({ cause: JSON.stringify(cause) })
      .where(eq(revisions.number, first!.revision))
      .run();
    const [replayed, next] = await replayRollout(services, PLACE, id);
    expect(replayed).toMatchObject({ same: false, judged: { verdict: 'unhealthy' }, stored: { verdict: 'healthy' } });
    expect(next!.same).toBe(true);
  });

  it('refuses a rollout that nobody knows', async () => {
    const { services } = await givenDecisions();
    await expect(replayRollout(services, PLACE, 'other')).rejects.toMatchObject({ problem: { code: 'not-found' } });
  });
});

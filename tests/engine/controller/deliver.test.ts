import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deliverDue, retryDelayMs } from '#engine/controller/deliver.ts';
import { change } from '#engine/services/change.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { type SignedSnapshot, Snapshot } from '#schemas/snapshot.ts';
import { PLACE, canary, planOf } from '../../support/fixtures.ts';
import { ANA, seedShop, testServices } from '../../support/services.ts';
import { SIGNING_KEY } from '../../support/signing-key.ts';

async function shop() {
  const services = testServices();
  await seedShop(services);
  const sent: SignedSnapshot[] = [];
  const revisions = () => sent.map((one) => (JSON.parse(one.payload) as Snapshot).revision);
  const publish = async (_: unknown, snapshot: SignedSnapshot): Promise<void> => void sent.push(snapshot);
  return { services, sent, revisions, publish };
}

describe('delivery', () => {
  it('sends the newest revision only, signed, and then has nothing left to do', async () => {
    const { services, sent, revisions, publish } = await shop();
    expect(await deliverDue(services, publish)).toEqual({ delivered: 1, failed: 0 });
    expect(revisions()).toEqual([4]);
    expect(verify(null, Buffer.from(sent[0]!.payload), createPublicKey(SIGNING_KEY), Buffer.from(sent[0]!.signature, 'base64url'))).toBe(
      true,
    );
    expect(Snapshot.safeParse(JSON.parse(sent[0]!.payload)).success).toBe(true);
    expect(await deliverDue(services, publish)).toEqual({ delivered: 0, failed: 0 });
    expect(await services.outbox.delivery(PLACE)).toEqual({ delivered_revision: 4, pending: 0, last_error: null });
  });

  it('tries again with growing patience when the edge is away, and says why', async () => {
    const { services, revisions, publish } = await shop();
    const away = () => Promise.reject(new Error('nobody there'));
    expect(await deliverDue(services, away)).toEqual({ delivered: 0, failed: 1 });
    expect(await services.outbox.delivery(PLACE)).toMatchObject({ delivered_revision: 0, pending: 4, last_error: 'nobody there' });
    expect(await deliverDue(services, publish)).toEqual({ delivered: 0, failed: 0 }); // not yet
    services.clock.now += 250;
    expect(await deliverDue(services, away)).toEqual({ delivered: 0, failed: 1 });
    services.clock.now += 499;
    expect(await deliverDue(services, publish)).toEqual({ delivered: 0, failed: 0 });
    services.clock.now += 1;
    expect(await deliverDue(services, publish)).toEqual({ delivered: 1, failed: 0 });
    expect(revisions()).toEqual([4]);
  });

  it('a new revision does not wait for the patience of an old one', async () => {
    const { services, revisions, publish } = await shop();
    await deliverDue(services, () => Promise.reject(new Error('away')));
    await startRollout(services, PLACE, planOf(), ANA);
    expect(await deliverDue(services, publish)).toEqual({ delivered: 1, failed: 0 });
    expect(revisions()).toEqual([5]);
    expect((await services.outbox.delivery(PLACE)).pending).toBe(0);
  });

  it('an edge that hangs keeps neither another place nor a newer revision waiting', async () => {
    const { services, revisions, publish } = await shop();
    await change(services, { apartment: 'blog', environment: 'production' }, ANA, () => ({ type: 'create' }));
    const underWay = new Set<string>();
    let letGo = (): void => undefined;
    const hangs = (place: { apartment: string }, snapshot: SignedSnapshot) =>
      place.apartment === 'blog' ? new Promise<void>((done) => (letGo = done)) : publish(place, snapshot);
    const first = deliverDue(services, hangs, underWay);
    await startRollout(services, PLACE, planOf(), ANA);
    expect(await deliverDue(services, hangs, underWay)).toEqual({ delivered: 1, failed: 0 });
    expect(revisions()).toEqual([4, 5]);
    expect(underWay.size).toBe(1);
    letGo();
    expect(await first).toEqual({ delivered: 2, failed: 0 });
    expect(underWay.size).toBe(0);
  });

  it('killed after the edge took it but before it was noted, it sends the same again', async () => {
    const { services, revisions, publish } = await shop();
    const outbox = {
      ...services.outbox,
      markDelivered: () => Promise.reject(new Error('killed')),
      markFailed: () => Promise.reject(new Error('killed')),
    };
    await expect(deliverDue({ ...services, outbox }, publish)).rejects.toThrow('killed');
    await deliverDue(services, publish);
    expect(revisions()).toEqual([4, 4]);
  });

  it('a snapshot has live rollouts at their share, and nothing of ended ones', async () => {
    const { services, sent, publish } = await shop();
    const { rollout } = await startRollout(services, PLACE, planOf(), ANA);
    await deliverDue(services, publish);
    await moveRollout(services, PLACE, { type: 'roll-back-rollout', rollout: rollout.id }, ANA);
    await deliverDue(services, publish);
    const [live, ended] = sent.map((one) => JSON.parse(one.payload) as Snapshot);
    expect(live!.rollouts).toMatchObject([{ id: rollout.id, percentage: 5, step: 0, arms: canary({ main: 'main@1.1.0' }) }]);
    expect(ended).toMatchObject({ revision: 6, rollouts: [] });
    expect(ended!.units).not.toHaveProperty('main@1.1.0');
  });
});

it.each([
  [0, 250],
  [1, 500],
  [6, 16_000],
  [7, 30_000],
  [1_000, 30_000],
])('after %d failures it waits %d ms', (attempts, ms) => expect(retryDelayMs(attempts)).toBe(ms));

import { expect, it } from 'vitest';
import { foldPending } from '#engine/services/fold-health.ts';
import { ingestBeacons } from '#engine/services/ingest-beacons.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { MINUTE, PLACE, planOf } from '../../support/fixtures.ts';
import { ANA, seedShop, testServices } from '../../support/services.ts';

const fail = (error: unknown): never => {
  throw error;
};

async function given() {
  const services = testServices();
  await seedShop(services);
  const before = (await services.revisions.head(PLACE))!;
  const { rollout, revision } = await startRollout(services, PLACE, planOf(), ANA);
  const event = { rollout: rollout.id, period: 0, arm: 'canary', visitor: 'v', kind: 'exposure' as const, at: services.now() };
  await ingestBeacons(services, { ...PLACE, events: [event] });
  const exposures = async (): Promise<number | undefined> =>
    (await services.health.look(PLACE, rollout.id)).state?.health[0]?.arms.canary?.exposures;
  return { services, before, revision, exposures };
}

/** Found by the simulation: a rollout starts, and is reported on, between a tick's look at the head and its fold. */
it('what was counted for a rollout that began after the head was read waits', async () => {
  const { services, before, revision, exposures } = await given();
  await foldPending(services, [before], fail);
  expect(await exposures()).toBeUndefined();
  await foldPending(services, [revision], fail);
  expect(await exposures()).toBe(1);
});

it('what was counted long ago for a rollout that the head does not know goes', async () => {
  const { services, before, revision, exposures } = await given();
  services.clock.now += 61 * MINUTE;
  await foldPending(services, [before], fail);
  await foldPending(services, [revision], fail);
  expect(await exposures()).toBeUndefined();
});

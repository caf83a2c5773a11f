import { expect, it } from 'vitest';
import { deliverDue } from '#engine/controller/deliver.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { PLACE, planOf } from '../../support/fixtures.ts';
import { ANA, seedShop, testServices } from '../../support/services.ts';

const HEAD = 4;

it('asks for a fresh delivery of the newest revision', async () => {
  const services = testServices();
  await seedShop(services);
  await deliverDue(services, async () => undefined);
  await services.outbox.redeliver(PLACE, HEAD);
  expect(await services.outbox.due(services.now())).toMatchObject([{ ...PLACE, revision: HEAD }]);
});

/** Found by the simulation: an engine starts while another one commits and delivers. */
it('asks for none of a revision that another engine has left behind meanwhile', async () => {
  const services = testServices();
  await seedShop(services);
  await startRollout(services, PLACE, planOf(), ANA);
  await deliverDue(services, async () => undefined);
  await services.outbox.redeliver(PLACE, HEAD);
  expect(await services.outbox.due(services.now())).toEqual([]);
  expect(await services.outbox.delivery(PLACE)).toMatchObject({ pending: 0, delivered_revision: HEAD + 1 });
});

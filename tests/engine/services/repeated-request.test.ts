import { expect, it } from 'vitest';
import type { Services } from '#engine/services/context.ts';
import { rollBack } from '#engine/services/roll-back.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { PLACE, planOf } from '../../support/fixtures.ts';
import { ANA, seedShop, testServices } from '../../support/services.ts';

/** Found by the simulation: a request whose twin is carried out while it is looked at. */
it.each(['head', 'ofRequest'] as const)(
  'an emergency that is sent twice at once is not refused for what its twin did after %s was read',
  async (where) => {
    const services = testServices();
    await seedShop(services);
    await startRollout(services, PLACE, planOf(), ANA);
    const actor = { ...ANA, idempotencyKey: 'the same' };
    let twin: Awaited<ReturnType<typeof rollBack>> | undefined;
    const { [where]: read } = services.revisions;
    const between = async (...args: never[]) => {
      const found = await (read as (...args: never[]) => Promise<unknown>).apply(services.revisions, args);
      twin ??= await rollBack(services, PLACE, {}, actor);
      return found;
    };
    const interrupted = { ...services, revisions: { ...services.revisions, [where]: between } } as Services;
    const answer = await rollBack(interrupted, PLACE, {}, actor);
    expect(answer.number).toBe(twin!.number);
    expect((await services.revisions.head(PLACE))!.number).toBe(twin!.number);
  },
);

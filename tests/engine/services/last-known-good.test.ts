import { describe, expect, it } from 'vitest';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { rollBack } from '#engine/services/roll-back.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { MINUTE, PLACE, planOf } from '../../support/fixtures.ts';
import { ANA, type TestServices, publish, seedShop, testServices } from '../../support/services.ts';
import { verdictOf } from '../../support/verdicts.ts';

async function shop(): Promise<TestServices> {
  const services = testServices();
  await seedShop(services);
  await publish(services, 'main@1.2.0', 'main@1.3.0');
  return services;
}

const start = async (services: TestServices, unit: string) =>
  (await startRollout(services, PLACE, planOf({ units: [unit], strategy: 'immediate' }), ANA)).rollout;

/** As a person does it, on their word alone. */
async function promoted(services: TestServices, unit: string): Promise<void> {
  const { id } = await start(services, unit);
  await moveRollout(services, PLACE, { type: 'promote-rollout', rollout: id, to: 'done' }, ANA);
}

/** As the engine does it, after a healthy step. */
async function proven(services: TestServices, unit: string): Promise<void> {
  const rollout = await start(services, unit);
  services.clock.now += 10 * MINUTE;
  const { rollout: after } = await moveRollout(
    services,
    PLACE,
    { type: 'judge-rollout', rollout: rollout.id, verdict: verdictOf(rollout, 'healthy') },
    { name: 'engine' },
  );
  expect(after.state).toBe('completed');
}

const back = (services: TestServices) => rollBack(services, PLACE, { to_last_known_good: true }, ANA);
const main = ({ document }: Awaited<ReturnType<typeof back>>): string => document.buildings.main!.active_unit;

describe('the last known good units', () => {
  it('are those before what a person promoted and now doubts', async () => {
    const services = await shop();
    await proven(services, 'main@1.1.0');
    await promoted(services, 'main@1.2.0');
    expect(main(await back(services))).toBe('main@1.1.0');
  });

  it('are what everybody has, while a rollout is under way: that is doubted', async () => {
    const services = await shop();
    await promoted(services, 'main@1.1.0');
    const { id } = await start(services, 'main@1.2.0');
    const revision = await back(services);
    expect([main(revision), revision.document.rollouts[id]!.state]).toEqual(['main@1.1.0', 'rolled-back']);
  });

  it('are not those that somebody undid before, however healthy they looked', async () => {
    const services = await shop();
    await promoted(services, 'main@1.1.0');
    await proven(services, 'main@1.2.0');
    await rollBack(services, PLACE, {}, ANA); // back to 1.1.0
    await promoted(services, 'main@1.2.0'); // tried again
    await promoted(services, 'main@1.3.0');
    expect(main(await back(services))).toBe('main@1.1.0');
  });

  it('are those of the first day, when nothing else was', async () => {
    const services = await shop();
    const { id } = await start(services, 'main@1.1.0');
    const revision = await back(services);
    expect([main(revision), revision.document.rollouts[id]!.state]).toEqual(['main@1.0.0', 'rolled-back']);
  });

  it.each<[string, (services: TestServices) => Promise<void>]>([
    ['a healthy rollout brought what everybody has', (services) => proven(services, 'main@1.1.0')],
    [
      'somebody went back already',
      async (services) => {
        await promoted(services, 'main@1.1.0');
        await rollBack(services, PLACE, {}, ANA);
      },
    ],
    ['nothing ever changed', async () => undefined],
  ])('are there already, when %s', async (_, prepare) => {
    const services = await shop();
    await prepare(services);
    await expect(back(services)).rejects.toMatchObject({ problem: { code: 'nothing-to-restore' } });
  });
});

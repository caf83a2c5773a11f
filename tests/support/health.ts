import { foldHealth } from '#engine/domain/evidence/fold-health.ts';
import { ingestBeacons } from '#engine/services/ingest-beacons.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import type { ArmHealth, HealthState } from '#schemas/health.ts';
import type { RolloutPlanInput } from '#schemas/rollout.ts';
import { NOW, PLACE, planOf } from './fixtures.ts';
import { ANA, type TestServices, seedShop, testServices } from './services.ts';

/** A shop with a rollout under way. */
export async function shopMoving(plan: Partial<RolloutPlanInput> = {}): Promise<{ services: TestServices; rollout: string }> {
  const services = testServices();
  await seedShop(services);
  const { rollout } = await startRollout(services, PLACE, planOf(plan), ANA);
  return { services, rollout: rollout.id };
}

export const eventOf = (rollout: string, overrides: Partial<HealthEvent> = {}): HealthEvent => ({
  rollout,
  period: 0,
  arm: 'canary',
  visitor: 'v1',
  kind: 'loaded',
  at: NOW,
  ...overrides,
});

export const ingest = (services: TestServices, ...events: HealthEvent[]) => ingestBeacons(services, { ...PLACE, events });

/** What was counted of the rollout, folded or not, in one state. */
export async function folded(services: TestServices, rollout: string): Promise<HealthState> {
  const { state, deltas } = await services.health.look(PLACE, rollout);
  const { document } = (await services.revisions.head(PLACE))!;
  return foldHealth(state, deltas, document.rollouts[rollout]!, services.now());
}

/** Health of an arm in a period. */
export async function healthIn(services: TestServices, rollout: string, arm = 'canary', period = 0): Promise<ArmHealth | undefined> {
  return (await folded(services, rollout)).health.find((one) => one.period === period)?.arms[arm];
}

/** What waits to be folded, summed over its minutes, by period, arm and segment. */
export async function firstsOf(services: TestServices, rollout: string) {
  const sums: Record<string, { exposed: number; answered: number; failed: number; values: Record<string, number> }> = {};
  for (const { period, arm, segment, exposed, answered, failed, values } of (await services.health.look(PLACE, rollout)).deltas) {
    const sum = (sums[`${period} ${arm}${segment && ` ${segment}`}`] ??= { exposed: 0, answered: 0, failed: 0, values: {} });
    sum.exposed += exposed;
    sum.answered += answered;
    sum.failed += failed;
    for (const [metric, bins] of Object.entries(values)) {
      for (const [bin, count] of bins) sum.values[`${metric} ${bin}`] = (sum.values[`${metric} ${bin}`] ?? 0) + count;
    }
  }
  return sums;
}

import { armNamesOf } from '#engine/domain/experiment.ts';
import { currentPeriod } from '#engine/domain/shares.ts';
import type { BeaconBatch } from '#schemas/beacon.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';

/** Counts what an edge delivers. Events of rollouts, steps or arms that the environment does not have are told, not counted. */
export async function ingestBeacons(services: Services, { apartment, environment, events }: BeaconBatch) {
  const place = { apartment, environment };
  const { document } = await requireHead(services, place);
  const known = events.filter((event) => {
    const rollout = Object.hasOwn(document.rollouts, event.rollout) ? document.rollouts[event.rollout] : undefined;
    return rollout !== undefined && event.period <= currentPeriod(rollout) && armNamesOf(rollout).includes(event.arm);
  });
  const receipt = known.length > 0 ? await services.health.record(place, known, services.now()) : { counted: 0, duplicates: 0 };
  return { ...receipt, unknown: events.length - known.length };
}

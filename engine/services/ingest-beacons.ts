import { binOf } from '#engine/domain/evidence/bins.ts';
import { CANARY_ARM, CONTROL_ARM, periodsOf } from '#engine/domain/shares.ts';
import type { BeaconBatch, HealthEvent } from '#schemas/beacon.ts';
import type { Document } from '#schemas/document.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';

/**
 * Counts what an edge delivers. Events of rollouts, periods or arms that the environment does not have are told, not
 * counted; a rollout that has ended still counts, as long as the head knows it.
 */
export async function ingestBeacons(services: Services, { apartment, environment, id, events }: BeaconBatch) {
  const place = { apartment, environment };
  const { document } = await requireHead(services, place);
  const isKnown = knowsEvents(document);
  const known = events.filter(isKnown).map((event) => withKnownSegments(event, document.rollouts[event.rollout]!));
  const receipt =
    known.length > 0 ? await services.health.record(place, { events: known, id }, services.now(), binOf) : { counted: 0, duplicates: 0 };
  return { ...receipt, unknown: events.length - known.length };
}

/** Whether the document has an event's rollout, period and arm. Rollouts from before there were periods are in period 0. */
function knowsEvents(document: Document): (event: HealthEvent) => boolean {
  const armsOf = new Map<string, readonly ReadonlySet<string>[]>();
  return ({ rollout, period, arm }) => {
    let arms = armsOf.get(rollout);
    if (!arms) {
      const source = Object.hasOwn(document.rollouts, rollout) ? document.rollouts[rollout] : undefined;
      arms = source ? armsByPeriod(source) : [];
      armsOf.set(rollout, arms);
    }
    return arms[period]?.has(arm) ?? false;
  };
}

function armsByPeriod(rollout: Rollout): ReadonlySet<string>[] {
  const periods = periodsOf(rollout);
  if (periods.length === 0) return [new Set([CONTROL_ARM, CANARY_ARM])];
  return periods.map(({ shares }) => new Set(Object.keys(shares)));
}

function withKnownSegments(event: HealthEvent, { analysis }: Rollout): HealthEvent {
  const { segments } = event;
  if (!segments || segments.every((name) => analysis?.segments.includes(name))) return event;
  return { ...event, segments: segments.filter((name) => analysis?.segments.includes(name)) };
}

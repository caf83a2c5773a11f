import type { HealthEvent } from '#schemas/beacon.ts';
import { MAX_BATCH_EVENTS } from '#schemas/limits.ts';
import { messageOf } from './message-of.ts';
import type { EdgePlatform, RequestPlatform } from './platform.ts';

const FLUSH_AFTER_MS = 250;
const RETRIES_MS = [500, 2_000, 8_000];
const MAX_WAITING = 20_000;
/** A flush that has not ended by then died with the request that carried it. */
const FLUSH_GIVEN_UP_MS = 60_000;

/** The events of one apartment: what holds one up is no matter to the others. */
type Lane = { apartment: string; events: HealthEvent[]; flushingSince: number | undefined; error: string | null };

export type DeliveryBuffer = ReturnType<typeof createDeliveryBuffer>;

/** Gathers health events for a moment and hands them to the engine in batches. Bounded: past the limit the oldest go. */
export function createDeliveryBuffer(platform: EdgePlatform) {
  const lanes = new Map<string, Lane>();
  let dropped = 0;
  let refused = 0;

  const waiting = (): number => [...lanes.values()].reduce((sum, { events }) => sum + events.length, 0);

  function laneOf(apartment: string): Lane {
    const lane = lanes.get(apartment) ?? { apartment, events: [], flushingSince: undefined, error: null };
    lanes.set(apartment, lane);
    return lane;
  }

  /** The oldest of the longest lane go: an apartment that fills the buffer does so at its own expense. */
  function dropExcess(): void {
    for (let excess = waiting() - MAX_WAITING; excess > 0;) {
      const longest = [...lanes.values()].reduce((one, other) => (other.events.length > one.events.length ? other : one));
      const gone = longest.events.splice(0, excess).length;
      dropped += gone;
      excess -= gone;
    }
  }

  /** Whether the engine is done with the lane's next batch: took it, or refused it for good. */
  async function deliverNext(lane: Lane): Promise<boolean> {
    const { apartment } = lane;
    const events = lane.events.splice(0, MAX_BATCH_EVENTS);
    try {
      const delivery = await platform.deliver({ apartment, environment: platform.environment, events });
      if (delivery.outcome === 'refused') refused += events.length;
      lane.error = delivery.outcome === 'refused' ? delivery.reason : null;
      return true;
    } catch (error) {
      lane.error = messageOf(error);
      lane.events.unshift(...events); // they are the oldest, and the first to go when there is no room
      dropExcess();
      return false;
    }
  }

  async function deliverAll(lane: Lane): Promise<void> {
    let failures = 0;
    while (lane.events.length > 0) {
      if (await deliverNext(lane)) {
        failures = 0;
        continue;
      }
      const retryMs = RETRIES_MS[failures++];
      if (retryMs === undefined) return; // the next event starts anew
      await platform.wait(retryMs);
    }
  }

  function startFlush(lane: Lane, { background }: RequestPlatform): void {
    const now = platform.now();
    if (lane.events.length === 0) return;
    if (lane.flushingSince !== undefined && now - lane.flushingSince < FLUSH_GIVEN_UP_MS) return;
    lane.flushingSince = now;
    background(
      platform
        .wait(FLUSH_AFTER_MS)
        .then(() => deliverAll(lane))
        .finally(() => {
          lane.flushingSince = undefined;
        }),
    );
  }

  return {
    add(apartment: string, events: readonly HealthEvent[], here: RequestPlatform): void {
      laneOf(apartment).events.push(...events);
      dropExcess();
      for (const lane of lanes.values()) startFlush(lane, here);
    },

    /** `refused` are events that the engine will never take. */
    report: () => ({
      waiting: waiting(),
      dropped,
      refused,
      last_error: [...lanes.values()].find(({ error }) => error !== null)?.error ?? null,
    }),
  };
}

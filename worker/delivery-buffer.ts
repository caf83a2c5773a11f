import type { HealthEvent } from '#schemas/beacon.ts';
import { MAX_BATCH_EVENTS } from '#schemas/limits.ts';
import { messageOf } from './message-of.ts';
import type { EdgePlatform, RequestPlatform } from './platform.ts';

const FLUSH_AFTER_MS = 250;
const RETRIES_MS = [500, 2_000, 8_000];
const MAX_WAITING = 20_000;
/** Longer than any one delivery or wait: a flush silent for so long died with the request that carried it. */
const GIVEN_UP_MS = 15_000;

/** A flush under way; the last time that it did something. */
type Courier = { aliveAt: number };

/** The events of one apartment: what holds one up is no matter to the others. */
type Lane = {
  apartment: string;
  /** Oldest first. */
  events: HealthEvent[];
  /** How many of the oldest are being delivered; they must not move. */
  underWay: number;
  /** The batch that the oldest were last sent in. Sent again, it is the very same, so that it counts once whatever became of it. */
  batch: { id: string; size: number } | undefined;
  courier: Courier | undefined;
  error: string | null;
};

export type DeliveryBuffer = ReturnType<typeof createDeliveryBuffer>;

/**
 * Gathers health events for a moment and hands them to the engine in batches. Bounded: past the limit the oldest go.
 * An event stays until the engine has it. One whose delivery died half way may be delivered twice, which counts once.
 */
export function createDeliveryBuffer(platform: EdgePlatform) {
  const lanes = new Map<string, Lane>();
  let dropped = 0;
  let refused = 0;

  const waiting = (): number => [...lanes.values()].reduce((sum, { events }) => sum + events.length, 0);

  function laneOf(apartment: string): Lane {
    const lane = lanes.get(apartment) ?? { apartment, events: [], underWay: 0, batch: undefined, courier: undefined, error: null };
    lanes.set(apartment, lane);
    return lane;
  }

  /** The oldest of the longest lane go: an apartment that fills the buffer does so at its own expense. */
  function dropExcess(): void {
    const idle = ({ events, underWay }: Lane): number => events.length - underWay;
    for (let excess = waiting() - MAX_WAITING; excess > 0;) {
      const longest = [...lanes.values()].reduce((one, other) => (idle(other) > idle(one) ? other : one));
      const gone = longest.events.splice(longest.underWay, excess).length;
      if (longest.underWay === 0) longest.batch = undefined;
      dropped += gone;
      excess -= gone;
    }
  }

  /** Whether the engine is done with the lane's oldest events: took them, or refused them for good. Until it says so they stay. */
  async function deliverNext(lane: Lane, isInCharge: () => boolean): Promise<boolean> {
    const { apartment } = lane;
    const batch = (lane.batch ??= { id: platform.randomId(), size: Math.min(lane.events.length, MAX_BATCH_EVENTS) });
    const events = lane.events.slice(0, batch.size);
    lane.underWay = batch.size;
    try {
      const delivery = await platform.deliver({ apartment, environment: platform.environment, id: batch.id, events });
      if (!isInCharge()) return true; // somebody else delivers them too by now
      lane.events.splice(0, batch.size);
      lane.batch = undefined;
      if (delivery.outcome === 'refused') refused += events.length;
      lane.error = delivery.outcome === 'refused' ? delivery.reason : null;
      return true;
    } catch (error) {
      if (isInCharge()) lane.error = messageOf(error);
      return false;
    } finally {
      if (isInCharge()) lane.underWay = 0;
    }
  }

  async function flush(lane: Lane, courier: Courier): Promise<void> {
    const isInCharge = (): boolean => lane.courier === courier;
    const wait = (ms: number): Promise<void> => {
      courier.aliveAt = platform.now();
      return platform.wait(ms);
    };
    let failures = 0;
    await wait(FLUSH_AFTER_MS);
    while (isInCharge() && lane.events.length > 0) {
      courier.aliveAt = platform.now();
      if (await deliverNext(lane, isInCharge)) {
        failures = 0;
        continue;
      }
      const retryMs = RETRIES_MS[failures++];
      if (retryMs === undefined) break; // the next request starts anew
      await wait(retryMs);
    }
    if (isInCharge()) lane.courier = undefined;
  }

  function start(lane: Lane, { background }: RequestPlatform): void {
    const { courier, events } = lane;
    if (events.length === 0 || (courier && Math.abs(platform.now() - courier.aliveAt) < GIVEN_UP_MS)) return;
    lane.courier = { aliveAt: platform.now() };
    lane.underWay = 0;
    background(flush(lane, lane.courier));
  }

  /** Lets this request carry on what no other does: events of a delivery that failed, or whose request died. */
  function resume(here: RequestPlatform): void {
    for (const lane of lanes.values()) start(lane, here);
  }

  return {
    add(apartment: string, events: readonly HealthEvent[], here: RequestPlatform): void {
      laneOf(apartment).events.push(...events);
      dropExcess();
      resume(here);
    },

    resume,

    /** `refused` are events that the engine will never take. */
    report: () => ({
      waiting: waiting(),
      dropped,
      refused,
      last_error: [...lanes.values()].find(({ error }) => error !== null)?.error ?? null,
    }),
  };
}

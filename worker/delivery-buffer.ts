import type { HealthEvent } from '#schemas/beacon.ts';
import { MAX_BATCH_EVENTS } from '#schemas/limits.ts';
import { messageOf } from './message-of.ts';
import type { EdgePlatform, RequestPlatform } from './platform.ts';

const FLUSH_AFTER_MS = 250;
const RETRIES_MS = [500, 2_000, 8_000];
const MAX_WAITING = 20_000;
/** A flush that has not ended by then died with the request that carried it. */
const FLUSH_GIVEN_UP_MS = 60_000;

export type DeliveryBuffer = ReturnType<typeof createDeliveryBuffer>;

/** Gathers health events for a moment and hands them to the engine in batches. Bounded: past the limit the oldest go. */
export function createDeliveryBuffer(platform: EdgePlatform) {
  let waiting: { apartment: string; event: HealthEvent }[] = [];
  let flushingSince: number | undefined;
  let dropped = 0;
  let lastError: string | null = null;

  function dropExcess(): void {
    const excess = waiting.length - MAX_WAITING;
    if (excess > 0) {
      dropped += excess;
      waiting = waiting.slice(excess);
    }
  }

  function takeBatch(): typeof waiting {
    const apartment = waiting[0]!.apartment;
    const batch = waiting.filter((entry) => entry.apartment === apartment).slice(0, MAX_BATCH_EVENTS);
    const taken = new Set(batch);
    waiting = waiting.filter((entry) => !taken.has(entry));
    return batch;
  }

  async function deliverAll(): Promise<void> {
    let failures = 0;
    while (waiting.length > 0) {
      const batch = takeBatch();
      try {
        await platform.deliver({
          apartment: batch[0]!.apartment,
          environment: platform.environment,
          events: batch.map((entry) => entry.event),
        });
        lastError = null;
        failures = 0;
      } catch (error) {
        lastError = messageOf(error);
        waiting = [...batch, ...waiting]; // they are the oldest, and the first to go when there is no room
        dropExcess();
        const retryMs = RETRIES_MS[failures++];
        if (retryMs === undefined) return; // the next event starts anew
        await platform.wait(retryMs);
      }
    }
  }

  return {
    add(apartment: string, events: readonly HealthEvent[], { background }: RequestPlatform): void {
      waiting = [...waiting, ...events.map((event) => ({ apartment, event }))];
      dropExcess();
      const now = platform.now();
      if (flushingSince !== undefined && now - flushingSince < FLUSH_GIVEN_UP_MS) return;
      flushingSince = now;
      background(
        platform
          .wait(FLUSH_AFTER_MS)
          .then(deliverAll)
          .finally(() => {
            flushingSince = undefined;
          }),
      );
    },

    report: () => ({ waiting: waiting.length, dropped, last_error: lastError }),
  };
}

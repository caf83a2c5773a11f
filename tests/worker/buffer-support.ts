import type { BeaconBatch, HealthEvent } from '#schemas/beacon.ts';
import { createDeliveryBuffer } from '#worker/delivery-buffer.ts';
import type { EdgePlatform } from '#worker/platform.ts';
import { NOW } from '../support/fixtures.ts';
import { createClock, createEngine } from './support.ts';

/** A delivery buffer by itself, with an engine that can be moved by hand. */
export function bufferOf({ sees = () => undefined }: { sees?: (batch: BeaconBatch) => unknown } = {}) {
  const clock = createClock();
  /** The wait with this number, counted from 1, never ends. */
  const waits = { count: 0, dieAt: 0 };
  const engine = createEngine();
  let ids = 0;
  const buffer = createDeliveryBuffer({
    environment: 'production',
    deliver: (batch) => {
      sees(batch);
      return engine.deliver(batch);
    },
    now: clock.now,
    randomId: () => `batch-${++ids}`,
    wait: (ms) => (++waits.count === waits.dieAt ? new Promise(() => undefined) : clock.wait(ms)),
  } as EdgePlatform);
  const here = { country: undefined, address: undefined, background: (work: Promise<unknown>) => void work.catch(() => undefined) };
  return { clock, engine, buffer, waits, add: (events: HealthEvent[], apartment = 'shop') => buffer.add(apartment, events, here) };
}

export const eventsFrom = (first: number, count: number): HealthEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    rollout: 'main-1',
    period: 0,
    arm: 'canary',
    visitor: `v${first + index}`,
    kind: 'loaded',
    at: NOW,
  }));

export const visitorsOf = (events: HealthEvent[]): string[] => events.map(({ visitor }) => visitor);

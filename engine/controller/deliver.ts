import type { SnapshotPublisher } from '#engine/adapters/http-publisher.ts';
import type { DueDelivery, Services } from '#engine/services/context.ts';
import { makeSnapshot } from '#engine/services/make-snapshot.ts';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 30_000;

/** Exponential backoff: 250 ms, 500 ms, … 30 s. */
export const retryDelayMs = (attempts: number): number => Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 20));

/**
 * Performs what is due in the outbox. Safe to be killed at any instant and to run again: the edge takes a revision that it
 * has already as done. A failure is written down and tried again later. It may run beside itself with the same `underWay`,
 * so that an edge that hangs keeps neither another place nor a newer revision of its own waiting.
 */
export async function deliverDue(
  services: Services,
  publish: SnapshotPublisher,
  underWay: Set<string> = new Set(),
): Promise<{ delivered: number; failed: number }> {
  const name = ({ apartment, environment, revision }: DueDelivery): string => `${apartment}/${environment}/${revision}`;
  const due = (await services.outbox.due(services.now())).filter((one) => !underWay.has(name(one)));
  let failed = 0;
  await Promise.all(
    due.map(async (one) => {
      const { apartment, environment, revision: number, attempts } = one;
      const place = { apartment, environment };
      underWay.add(name(one));
      try {
        await publish(place, await makeSnapshot(services, place, number));
        await services.outbox.markDelivered(place, number, services.now());
      } catch (error) {
        failed++;
        await services.outbox.markFailed(place, number, (error as Error).message, services.now() + retryDelayMs(attempts));
      } finally {
        underWay.delete(name(one));
      }
    }),
  );
  return { delivered: due.length - failed, failed };
}

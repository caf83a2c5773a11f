import type { ShadowStore } from '#engine/adapters/shadow-store.ts';
import type { Services } from '#engine/services/context.ts';
import { requireRecord } from '#engine/services/require-record.ts';
import { retryDelayMs } from './deliver.ts';

const AT_ONCE = 200;
const TOGETHER = 16;

/**
 * Writes to the shadow the units that it does not have, whether or not any revision ever used them. A failure is written down and
 * tried again later; nothing is given up.
 */
export async function writeUnits(services: Services, shadow: ShadowStore): Promise<{ written: number; failed: number }> {
  let written = 0;
  let failed = 0;
  for (;;) {
    const due = await services.unitOutbox.due(services.now(), AT_ONCE);
    for (let start = 0; start < due.length; start += TOGETHER) {
      await Promise.all(
        due.slice(start, start + TOGETHER).map(async (one) => {
          try {
            await shadow.putUnit(await requireRecord(services, one.apartment, `${one.name}@${one.version}`));
            await services.unitOutbox.markWritten(one, services.now());
            written++;
          } catch (error) {
            failed++;
            await services.unitOutbox.markFailed(one, (error as Error).message, services.now() + retryDelayMs(one.attempts));
          }
        }),
      );
    }
    if (due.length < AT_ONCE) return { written, failed };
  }
}

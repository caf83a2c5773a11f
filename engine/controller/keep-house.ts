import type { Services } from '#engine/services/context.ts';
import { expireUnits } from '#engine/services/expire-units.ts';
import { forgetVisitors } from './forget-visitors.ts';
import { thinOutHealth } from './thin-out-health.ts';

/** What an engine does every hour: lets go of what nobody needs any more. Several engines may do it at the same time. */
export async function keepHouse(services: Services, onError: (error: unknown, where: string) => void): Promise<void> {
  await forgetVisitors(services);
  await thinOutHealth(services);
  await expireUnits(services, onError);
}

import type { StoresView } from '#schemas/api.ts';
import { counted } from '#schemas/counted.ts';
import type { Services } from './context.ts';

/** How both stores are: the database, and the shadow with how far it is behind. */
export async function viewStores(services: Services): Promise<StoresView> {
  const places = await services.revisions.places();
  const status = await services.shadowOutbox.status(services.now());
  return {
    database: { environments: places.length, newest: Math.max(0, ...places.map(({ at }) => at)) },
    shadow: { store: services.shadow?.name ?? null, ...status },
  };
}

/** A shadow that is so far behind is told as a fault. */
const LAG_LIMIT_MS = 5 * 60_000;

/** What is not as it should be, by store; `ok` where all is. Throws where the database does not answer. */
export async function checkStores(services: Services): Promise<Record<'database' | 'shadow', string>> {
  const { shadow } = await viewStores(services);
  if (shadow.store === null) return { database: 'ok', shadow: 'off' };
  if (shadow.lag_ms <= LAG_LIMIT_MS) return { database: 'ok', shadow: 'ok' };
  const why = shadow.last_error === null ? '' : `: ${shadow.last_error}`;
  return { database: 'ok', shadow: `${counted(shadow.pending, 'revision')} behind for ${Math.round(shadow.lag_ms / 1_000)} s${why}` };
}

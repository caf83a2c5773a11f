import type { Backlog, StoresView } from '#schemas/api.ts';
import { counted } from '#schemas/counted.ts';
import type { Services } from './context.ts';

/** How both stores are: the database, and the shadow with how far it is behind, with revisions and with units. */
export async function viewStores(services: Services): Promise<StoresView> {
  const places = await services.revisions.places();
  const now = services.now();
  const [status, units] = await Promise.all([services.shadowOutbox.status(now), services.unitOutbox.status(now)]);
  return {
    database: { environments: places.length, newest: Math.max(0, ...places.map(({ at }) => at)) },
    shadow: { store: services.shadow?.name ?? null, ...status, units },
  };
}

/** A shadow that is so far behind is told as a fault. */
const LAG_LIMIT_MS = 5 * 60_000;

/** What is not as it should be, by store; `ok` where all is. Throws where the database does not answer. */
export async function checkStores(services: Services): Promise<Record<'database' | 'shadow', string>> {
  const { shadow } = await viewStores(services);
  if (shadow.store === null) return { database: 'ok', shadow: 'off' };
  const faults = [...lateness(shadow, 'revision'), ...lateness(shadow.units, 'unit')];
  return { database: 'ok', shadow: faults.length === 0 ? 'ok' : faults.join('; ') };
}

function lateness({ pending, lag_ms: lag, last_error: error }: Backlog, what: string): string[] {
  if (lag <= LAG_LIMIT_MS) return [];
  return [`${counted(pending, what)} behind for ${Math.round(lag / 1_000)} s${error === null ? '' : `: ${error}`}`];
}

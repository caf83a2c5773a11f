import type { ShadowStore } from '#engine/adapters/shadow-store.ts';
import { openShadow } from '../open-shadow.ts';
import { OfflineError } from './words.ts';

export type ShadowOptions = { shadow?: string; endpoint?: string; region?: string };

/** The shadow that was named on the command line; the engine's own variables fill in what was left out. */
export async function namedShadow({ shadow, endpoint, region }: ShadowOptions): Promise<ShadowStore> {
  const { CONCIERGE_SHADOW, CONCIERGE_SHADOW_ENDPOINT, CONCIERGE_SHADOW_REGION, CONCIERGE_DATA } = process.env;
  const where = shadow ?? CONCIERGE_SHADOW ?? 'folder';
  const opened = await openShadow(
    { where, endpoint: endpoint ?? CONCIERGE_SHADOW_ENDPOINT, region: region ?? CONCIERGE_SHADOW_REGION },
    CONCIERGE_DATA ?? 'data',
  );
  if (!opened) throw new OfflineError('The shadow is turned off.', 2);
  return opened;
}

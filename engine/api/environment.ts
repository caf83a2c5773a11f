import type { TokenRecord } from '#engine/db/token-store.ts';
import type { Services } from '#engine/services/context.ts';

/** What every route's handler finds in its context. */
export type ApiEnv = { Variables: { services: Services; token: TokenRecord } };

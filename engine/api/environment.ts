import type { Services, TokenRecord } from '#engine/services/context.ts';

/** What every route's handler finds in its context. */
export type ApiEnv = { Variables: { services: Services; token: TokenRecord } };

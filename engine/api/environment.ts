import type { Services, TokenRecord } from '#engine/services/context.ts';

/** What every route's handler finds in its context. `signedRequest` names a request that came with a signature. */
export type ApiEnv = { Variables: { services: Services; token: TokenRecord; signedRequest?: string } };

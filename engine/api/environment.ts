import type { Asked } from '#engine/services/asked-of.ts';
import type { Services, TokenRecord } from '#engine/services/context.ts';

/**
 * What every route's handler finds in its context. `signedRequest` names a request that came with a signature; `named` is
 * the request under its `Idempotency-Key`, which is not yet told from another token's.
 */
export type ApiEnv = {
  Variables: { services: Services; token: TokenRecord; signedRequest?: string; named?: { key: string; asked: Asked } };
};

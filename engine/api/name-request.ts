import { createMiddleware } from 'hono/factory';
import { askedOf } from '#engine/services/asked-of.ts';
import { refuse } from '#schemas/problem.ts';
import type { ApiEnv } from './environment.ts';

/** Reads `Idempotency-Key`, and what is asked under it. */
export const nameRequest = createMiddleware<ApiEnv>(async (c, next) => {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return next();
  if (!/^[\x21-\x7e]{1,128}$/.test(key))
    refuse('invalid-request', 'The request has a fault.', [{ path: 'Idempotency-Key', message: 'use 1 to 128 printable characters' }]);
  c.set('named', { key, asked: askedOf(`${c.req.method} ${c.req.path}`, await c.req.text()) });
  return next();
});

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import { MAX_API_BODY_BYTES } from '#schemas/limits.ts';
import { refuse } from '#schemas/problem.ts';
import type { ApiEnv } from './environment.ts';
import { takeBody } from './limit-body.ts';

const SIGNATURE_HEADER = 'x-concierge-signature';

const TOLERANCE_MS = 5 * 60_000;
const MS_PER_SECOND = 1_000;
const SHAPE = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

/**
 * For a route that takes signed requests beside those with a token. The signature is `t=<unix seconds>,v1=<HMAC-SHA-256 of
 * "t.body", in hexadecimal>`, by any of the secrets and at most five minutes off; such a request stands for the role `alerts`
 * everywhere. Without a signature it goes on to the check of its token.
 */
export const checkSignature = (secrets: readonly string[]) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const header = c.req.header(SIGNATURE_HEADER);
    if (header === undefined) return next();
    if (secrets.length === 0) refuse('signature-invalid', 'The engine has no CONCIERGE_WEBHOOK_SECRET; send a token.');
    const [, seconds = '', hex = ''] = SHAPE.exec(header) ?? [];
    if (seconds === '') refuse('signature-invalid', 'Send X-Concierge-Signature: t=<unix seconds>,v1=<hexadecimal HMAC-SHA-256>.');
    const body = await takeBody(c, MAX_API_BODY_BYTES);
    const given = Buffer.from(hex, 'hex');
    const isOf = (secret: string): boolean =>
      timingSafeEqual(given, createHmac('sha256', secret).update(`${seconds}.`).update(body).digest());
    // Every secret is tried, so that the time tells nothing about which.
    const matches = secrets.filter(isOf).length;
    if (matches === 0) refuse('signature-invalid', 'The signature is not that of this body.');
    if (Math.abs(c.var.services.now() - Number(seconds) * MS_PER_SECOND) > TOLERANCE_MS) {
      refuse('signature-invalid', 'The signature is more than five minutes off the time of the engine.');
    }
    c.set('token', { id: 'webhook', name: 'webhook', person: 'webhook', scope: { role: 'alerts', apartment: '*', environment: '*' } });
    c.set('signedRequest', `webhook ${createHash('sha256').update(given).digest('hex')}`);
    return next();
  });

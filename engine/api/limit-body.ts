import { createMiddleware } from 'hono/factory';
import { parseJson } from '#schemas/parse.ts';
import { refuse } from '#schemas/problem.ts';

/**
 * Lets a body through only as JSON, no larger than `maxBytes` and no deeper than the limit; both are checked before
 * anything is built from it, and reading stops at the limit whatever Content-Length claimed.
 */
export const limitBody = (maxBytes: number) =>
  createMiddleware(async (c, next) => {
    const { raw } = c.req;
    if (!raw.body || raw.method === 'GET' || raw.method === 'HEAD') return next();
    const tooLarge = (): never => refuse('too-large', `A body may have up to ${maxBytes} bytes.`);
    if (Number(raw.headers.get('content-length') ?? 0) > maxBytes) tooLarge();
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of raw.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > maxBytes) tooLarge();
      chunks.push(chunk);
    }
    const text = new TextDecoder().decode(Buffer.concat(chunks));
    if (size > 0) {
      const type = raw.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
      if (type !== 'application/json') refuse('unsupported-media-type', 'Send the body as application/json.');
      parseJson(text);
    }
    c.req.bodyCache = { text: Promise.resolve(text) as never };
    return next();
  });

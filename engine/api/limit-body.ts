import type { Context } from 'hono';
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
    if (!raw.body || raw.method === 'GET' || raw.method === 'HEAD' || c.req.bodyCache.text) return next();
    await takeBody(c, maxBytes);
    return next();
  });

/** Reads and checks the body, keeps its text for the handler, and answers its bytes. */
export async function takeBody(c: Context, maxBytes: number): Promise<Buffer> {
  const { raw } = c.req;
  const tooLarge = (): never => refuse('too-large', `A body may have up to ${maxBytes} bytes.`);
  if (Number(raw.headers.get('content-length') ?? 0) > maxBytes) tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (raw.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) tooLarge();
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const text = new TextDecoder().decode(bytes);
  if (size > 0) {
    const type = raw.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json') refuse('unsupported-media-type', 'Send the body as application/json.');
    parseJson(text);
  }
  c.req.bodyCache = { text: Promise.resolve(text) as never };
  return bytes;
}

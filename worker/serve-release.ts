import { releaseFileOf } from '#resolver/release-file.ts';
import { matches } from './etag-matches.ts';
import type { Edition } from './verify-snapshot.ts';

/** Made when somebody asks, once for each edition; nobody else pays for it. */
const made = new WeakMap<Edition, string>();

/** `release.json` of an edition: the same for every visitor, 304 for whoever has it. */
export function serveRelease(edition: Edition, request: Request): Response {
  const etag = `"${edition.revision}-release-${edition.signed.signature.slice(0, 8)}"`;
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache', etag, 'x-content-type-options': 'nosniff' };
  if (matches(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  const text = made.get(edition) ?? JSON.stringify(releaseFileOf(edition.program.snapshot));
  made.set(edition, text);
  return new Response(text, { headers });
}

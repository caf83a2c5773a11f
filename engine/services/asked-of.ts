import { createHash } from 'node:crypto';
import { canonicalJson } from '#engine/db/revision-digest.ts';
import type { Asked } from '#engine/db/revision-store.ts';

export type { Asked };

/** What is asked by a request, such as "PUT /v1/…", with a body; the same again has the same digest, however its JSON is written. */
export function askedOf(request: string, body: string): Asked {
  return {
    request,
    digest: createHash('sha256')
      .update(`${request}\n${canonicalText(body)}`)
      .digest('hex'),
  };
}

/** What has no canonical form, such as a number that no computer holds, is refused by its route; it is itself until then. */
function canonicalText(text: string): string {
  try {
    return text === '' ? '' : canonicalJson(JSON.parse(text));
  } catch {
    return text;
  }
}

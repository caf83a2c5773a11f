import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Revision } from '#schemas/revision.ts';

/** What the first revision of a chain names as its parent. */
export const NO_PARENT = '0'.repeat(64);

export type UndigestedRevision = Omit<Revision, 'digest'>;

/** JSON in the one form that a digest can be taken of (RFC 8785). */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('the value has no JSON form');
  return text;
}

/** SHA-256, in hexadecimal, of the canonical JSON of all of the revision but its digest. */
export function revisionDigest(revision: UndigestedRevision): string {
  const { apartment, environment, number, parent_digest, actor, cause, at, document } = revision;
  const text = canonicalJson({ apartment, environment, number, parent_digest, actor, cause, at, document });
  return createHash('sha256').update(text).digest('hex');
}

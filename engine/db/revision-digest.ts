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

/** Canonical texts of objects that documents share from one revision to the next. */
const known = new WeakMap<object, string>();

/**
 * {@link canonicalJson} of something that is never changed once it is made. A revision leaves most of its document as it was, down to the
 * very objects: the text of what lies `depth` levels down is made once for each object.
 */
function canonicalOfShared(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return canonicalJson(value);
  if (depth > 0) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${members.map(([key, member]) => `${canonicalJson(key)}:${canonicalOfShared(member, depth - 1)}`).join(',')}}`;
  }
  let text = known.get(value);
  if (text === undefined) known.set(value, (text = canonicalJson(value)));
  return text;
}

/** A revision's document's rollouts, units, …: each has a text of its own. */
const SHARED_AT = 3;

/** SHA-256, in hexadecimal, of the canonical JSON of all of the revision but its digest. */
export function revisionDigest(revision: UndigestedRevision): string {
  const { apartment, environment, number, parent_digest, actor, cause, at, document } = revision;
  const text = canonicalOfShared({ apartment, environment, number, parent_digest, actor, cause, at, document }, SHARED_AT);
  return createHash('sha256').update(text).digest('hex');
}

import type { Revision } from '#schemas/revision.ts';

const TEXTS = ['apartment', 'environment', 'parent_digest', 'digest', 'actor'] as const;
const RECORDS = ['buildings', 'units', 'rollouts', 'segments', 'flags'] as const;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether a value has the parts of a revision. The schema of today is not asked: a revision of an earlier release may lack
 * what is wanted now, and its digest says whether it is as it was.
 */
export function looksLikeRevision(value: unknown): value is Revision {
  if (!isRecord(value) || !TEXTS.every((name) => typeof value[name] === 'string')) return false;
  const { number, at, cause, document } = value;
  if (!Number.isSafeInteger(number) || (number as number) < 1 || !Number.isSafeInteger(at)) return false;
  return isRecord(cause) && typeof cause.type === 'string' && isRecord(document) && RECORDS.every((name) => isRecord(document[name]));
}

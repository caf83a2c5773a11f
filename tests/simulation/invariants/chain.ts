import { NO_PARENT, canonicalJson, revisionDigest } from '#engine/db/revision-digest.ts';
import { decide, isProblem } from '#engine/domain/decide.ts';
import type { Document } from '#schemas/document.ts';
import type { Revision } from '#schemas/revision.ts';
import { insist } from './broken.ts';

/**
 * The audit chain is whole: no gap, each revision names its parent, and is what its cause makes of its parent. Returns the
 * revision with the document that the cause made: the same one by its digest, and what did not change are the very objects
 * of its parent's.
 */
export function checkLink(before: Revision | undefined, revision: Omit<Revision, 'document'>): Revision {
  const { number, digest, cause, actor, at, apartment, environment } = revision;
  const expected = (before?.number ?? 0) + 1;
  insist(number === expected, () => `revision ${number} follows ${expected - 1}`);
  insist(
    revision.parent_digest === (before?.digest ?? NO_PARENT),
    () => `revision ${number} names another parent than revision ${number - 1}`,
  );
  const outcome = decide(before?.document ?? null, cause, { apartment, environment, actor, now: at });
  insist(!isProblem(outcome), () => `revision ${number} is of a command that is refused: ${JSON.stringify(outcome)}`);
  insist(
    revisionDigest({ ...revision, document: outcome }) === digest,
    () => `revision ${number} is not what ${cause.type} makes of revision ${number - 1}, or its digest is of something else`,
  );
  return { ...revision, document: outcome };
}

/** What is stored is the document. Its members may come in another order: an engine that was started since has read it from a text. */
export function checkText(text: string, { number, document }: Revision): void {
  insist(
    text === JSON.stringify(document) || canonicalJson(JSON.parse(text) as Document) === canonicalJson(document),
    () => `what is stored of revision ${number} is another document than that of its digest`,
  );
}

import { decide, isProblem } from '#engine/domain/decide.ts';
import { restoreCommand } from '#engine/domain/restore-document.ts';
import { revisionDigest } from '#engine/db/revision-digest.ts';
import { ProblemError } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import type { GatheredChain } from './gather-chain.ts';

/**
 * The revision that follows where later ones were lost, or null where none were. Their numbers are never given out again: edges
 * that still have one of them take only a higher one.
 */
export function revisionAfterLoss({ revisions, highest }: GatheredChain, now: number): Revision | null {
  const last = revisions.at(-1)?.revision;
  if (!last || last.number >= highest) return null;
  const lost = { from: last.number + 1, to: highest };
  const cause = restoreCommand(last.document, last.number, { lost, reason: 'Recovered after a loss.' });
  const { apartment, environment } = last;
  const document = decide(last.document, cause, { apartment, environment, actor: 'recovery', now });
  if (isProblem(document)) throw new ProblemError(document);
  const undigested = {
    apartment,
    environment,
    number: highest + 1,
    parent_digest: last.digest,
    actor: 'recovery',
    cause,
    at: now,
    document,
  };
  return { ...undigested, digest: revisionDigest(undigested) };
}

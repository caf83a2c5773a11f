import { diffDocuments } from '#engine/domain/diff-documents.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { AuditPage, RevisionDiff } from '#schemas/history.ts';
import { requireHead, summaryOf } from './change.ts';
import type { Services } from './context.ts';
import { listRevisions, viewRevision } from './list-revisions.ts';

/**
 * What differs from revision `from` to revision `to`, in the product's words. Left out, `to` is the head and `from` the
 * revision before `to`; 0 is before there was anything.
 */
export async function compareRevisions(services: Services, place: Place, range: { from?: number; to?: number }): Promise<RevisionDiff> {
  const after = range.to === undefined ? await requireHead(services, place) : await viewRevision(services, place, range.to);
  const before =
    range.from === undefined
      ? await services.revisions.before(place, after.number)
      : range.from === 0
        ? null
        : await viewRevision(services, place, range.from);
  const from = before?.number ?? 0;
  return { from, to: after.number, changes: diffDocuments(before?.document ?? null, after.document) };
}

/** A page of the audit log, newest first: who did what by which command, and everything that it changed. */
export async function auditLog(services: Services, place: Place, page: { before?: number; limit: number }): Promise<AuditPage> {
  const { revisions, next_before } = await listRevisions(services, place, page);
  const entries = [];
  for (const { number } of revisions) {
    const revision = await viewRevision(services, place, number);
    const parent = await services.revisions.before(place, number);
    const { at, actor, cause, parent_digest, digest, document } = revision;
    const changes = diffDocuments(parent?.document ?? null, document);
    entries.push({ number, at, actor, summary: summaryOf(revision), cause, changes, parent_digest, digest });
  }
  return { entries, next_before };
}

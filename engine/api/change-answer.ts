import type { Context } from 'hono';
import { compatibilityWarnings } from '#engine/services/check-compatibility.ts';
import { summaryOf } from '#engine/services/change.ts';
import type { ChangeResult } from '#schemas/api.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Rollout } from '#schemas/rollout.ts';

/** What a change answers, with the new head's ETag. */
export function changeAnswer(c: Context, revision: Revision, rollout?: Rollout): ChangeResult {
  c.header('etag', `"${revision.number}"`);
  const warnings = compatibilityWarnings(revision);
  return {
    revision: revision.number,
    digest: revision.digest,
    summary: summaryOf(revision),
    ...(rollout ? { rollout } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

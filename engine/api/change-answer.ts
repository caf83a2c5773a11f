import type { Context } from 'hono';
import { compatibilityWarnings } from '#engine/services/check-compatibility.ts';
import { summaryOf } from '#engine/services/change.ts';
import type { Moved } from '#engine/services/move-units.ts';
import type { ChangeResult, MoveResult } from '#schemas/api.ts';
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

/** What moving units answers: the revision that did it, or the head where nothing had to be moved. */
export const moveAnswer = (c: Context, { revision, changed, moved, rollout }: Moved): MoveResult => ({
  ...changeAnswer(c, revision, rollout),
  changed,
  moved,
});

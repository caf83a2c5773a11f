import type { RolloutCommand } from '#engine/domain/rollout-machine.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { type Actor, change } from './change.ts';
import type { Services } from './context.ts';
import { requireMetricSources } from './require-metric-sources.ts';

export type { RolloutCommand };

/** Pauses, resumes, promotes, aborts, rolls back or judges one rollout. */
export async function moveRollout(
  services: Services,
  place: Place,
  command: RolloutCommand,
  actor: Actor,
): Promise<{ revision: Revision; rollout: Rollout; changed: boolean }> {
  if (command.type === 'edit-rollout') requireMetricSources(services, { metrics: command.changes.analysis?.metrics ?? [] });
  const { revision, changed } = await change(services, place, actor, () => command);
  return { revision, rollout: revision.document.rollouts[command.rollout]!, changed };
}

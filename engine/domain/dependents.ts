import type { Command } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { hasEnded } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { takeBack } from './rollout-moves.ts';

/**
 * The rollouts as they are once those that came after one that was taken back went with it: one that waited is aborted, one
 * under way is rolled back, and so on to whatever came after those. Undoing what a rollout had completed takes it back too,
 * which is noted in it: nothing can come after it any more.
 */
export function takeDependentsBack(document: Document, before: Document, command: Command, now: number): Document {
  const rollouts = { ...document.rollouts };
  const lost = new Set<string>();
  let changed = false;
  for (const rollout of Object.values(document.rollouts)) {
    if (rollout.state === 'rolled-back' || rollout.state === 'aborted' || rollout.undone_at !== undefined) lost.add(rollout.id);
    else if (isUndone(rollout, document, before, command)) {
      lost.add(rollout.id);
      rollouts[rollout.id] = { ...rollout, undone_at: now };
      changed = true;
    }
  }
  for (;;) {
    const next = Object.values(rollouts).find((rollout) => !hasEnded(rollout) && rollout.after?.some((id) => lost.has(id)));
    if (!next) return changed ? { ...document, rollouts } : document;
    const cause = next.after!.find((id) => lost.has(id))!;
    rollouts[next.id] = takeBack(next, now, `${cause}, which it came after, was taken back.`);
    lost.add(next.id);
    changed = true;
  }
}

/** Whether the command takes visitors back from what the rollout had brought them. Moving on to something else is no undoing. */
function isUndone({ state, targets }: Rollout, document: Document, before: Document, command: Command): boolean {
  if (state !== 'completed' || (command.type !== 'restore-units' && command.type !== 'restore-document')) return false;
  return Object.entries(targets).some(
    ([building, { from, to }]) =>
      from !== to && before.buildings[building]?.active_unit === to && document.buildings[building]!.active_unit !== to,
  );
}

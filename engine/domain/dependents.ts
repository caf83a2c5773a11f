import type { Command } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { hasEnded } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { takeBack } from './rollout-moves.ts';

/**
 * The rollouts as they are once those that came after one that was taken back went with it: one that waited is aborted, one
 * under way is rolled back, and so on to whatever came after those. Undoing what a rollout had completed takes it back too.
 */
export function takeDependentsBack(document: Document, before: Document, command: Command, now: number): Document {
  const lost = new Set(
    Object.values(document.rollouts).flatMap((rollout) => (isLost(rollout, document, before, command) ? [rollout.id] : [])),
  );
  const rollouts = { ...document.rollouts };
  let gone = false;
  for (;;) {
    const next = Object.values(rollouts).find((rollout) => !hasEnded(rollout) && rollout.after?.some((id) => lost.has(id)));
    if (!next) return gone ? { ...document, rollouts } : document;
    const cause = next.after!.find((id) => lost.has(id))!;
    rollouts[next.id] = takeBack(next, now, `${cause}, which it came after, was taken back.`);
    lost.add(next.id);
    gone = true;
  }
}

function isLost(rollout: Rollout, document: Document, before: Document, command: Command): boolean {
  if (rollout.state === 'rolled-back' || rollout.state === 'aborted') return true;
  if (rollout.state !== 'completed' || command.type !== 'restore-units') return false;
  return Object.entries(rollout.targets).some(
    ([building, { from, to }]) =>
      from !== to && before.buildings[building]?.active_unit === to && document.buildings[building]!.active_unit !== to,
  );
}

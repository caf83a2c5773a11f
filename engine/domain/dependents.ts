import type { Command } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { hasEnded, isTakenBack } from '#schemas/rollout-reading.ts';
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
  for (const rollout of undoneBy(command, document, before)) {
    if (!Object.hasOwn(rollouts, rollout.id)) continue; // forgotten with the command
    rollouts[rollout.id] = { ...rollout, undone_at: now };
    changed = true;
  }
  for (const rollout of Object.values(rollouts)) {
    if (isTakenBack(rollout) || rollout.undone_at !== undefined) lost.add(rollout.id);
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

/**
 * The rollouts of whose units the command takes visitors back after they had completed: the one that brought what a building
 * showed, and those before it as far as the building goes back. Moving on to something else is no undoing.
 */
function undoneBy(command: Command, document: Document, before: Document): Set<Rollout> {
  const undone = new Set<Rollout>();
  if (command.type !== 'restore-units' && command.type !== 'restore-document') return undone;
  const newestFirst = Object.values(before.rollouts)
    .filter(({ state, undone_at: undoneAt }) => state === 'completed' && undoneAt === undefined)
    .toSorted((a, b) => b.ended_at! - a.ended_at!);
  for (const [building, { active_unit: was }] of Object.entries(before.buildings)) {
    const now = document.buildings[building]!.active_unit;
    const left = newestFirst.filter(({ targets }) => Object.hasOwn(targets, building) && targets[building]!.from !== targets[building]!.to);
    for (let unit = was; unit !== now;) {
      const place = left.findIndex(({ targets }) => targets[building]!.to === unit);
      if (place < 0) break;
      const [rollout] = left.splice(place, 1);
      undone.add(rollout!);
      unit = rollout!.targets[building]!.from;
    }
  }
  return undone;
}

import type { Place } from '#engine/db/revision-store.ts';
import type { Command } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import type { Services } from './context.ts';
import { observeRollout } from './observe-rollout.ts';

/** The commands that keep what was seen of the rollouts that they change. */
const KEEPERS: ReadonlySet<Command['type']> = new Set([
  'pause-rollout',
  'resume-rollout',
  'restart-rollout',
  'edit-rollout',
  'promote-rollout',
  're-salt-rollout',
  'abort-rollout',
  'roll-back-rollout',
  'judge-rollout',
  'move-units',
  'restore-units',
  'restore-document',
]);

/**
 * The command with how each rollout looked that was under way in `before` and that it changes: what whoever decided could see.
 * A judgement keeps its own verdict already. No decision is kept from anybody because something cannot be looked at.
 */
export async function withSeen(services: Services, place: Place, before: Document, after: Document, command: Command): Promise<Command> {
  if (!KEEPERS.has(command.type)) return command;
  const judged = command.type === 'judge-rollout' ? command.rollout : undefined;
  const changed = Object.values(before.rollouts).filter(
    (rollout) => isLive(rollout) && rollout.id !== judged && isChanged(rollout, after.rollouts[rollout.id]),
  );
  const seen: Record<string, Verdict> = {};
  for (const rollout of changed) {
    const verdict = await observeRollout(services, place, rollout).catch(() => null);
    if (verdict) seen[rollout.id] = verdict;
  }
  return Object.keys(seen).length === 0 ? command : ({ ...command, seen } as Command);
}

/** Periods begin anew with the moves of others too. */
function isChanged(rollout: Rollout, after: Rollout | undefined): boolean {
  if (after === undefined) return true;
  const { periods: _, ...then } = rollout;
  const { periods: __, ...now } = after;
  return JSON.stringify(then) !== JSON.stringify(now);
}

import type { Place } from '#engine/db/revision-store.ts';
import { Command } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { canonicalJson } from '#engine/db/revision-digest.ts';
import type { Services } from './context.ts';
import { judgeFolded } from './observe-rollout.ts';

/** The commands that keep what was seen of the rollouts that they change: those whose shape has a place for it. */
const KEEPERS: ReadonlySet<Command['type']> = new Set(
  Command.options.filter(({ shape }) => 'seen' in shape).map(({ shape }) => shape.type.value),
);

/**
 * The command with how each rollout looked that was under way in `before` and that it changes: what whoever decided could see, as
 * of the last tick. It must cost an emergency next to nothing, so that what waits to be folded and networks are left out. A
 * judgement keeps its own verdict already. No decision is kept from anybody because something cannot be looked at, or not be told.
 */
export async function withSeen(
  services: Services,
  place: Place,
  [before, after]: readonly [Document, Document],
  command: Command,
  now: number,
): Promise<Command> {
  if (!KEEPERS.has(command.type)) return command;
  const changed = Object.values(before.rollouts).filter((rollout) => isLive(rollout) && isChanged(rollout, after.rollouts[rollout.id]));
  const seen: Record<string, Verdict> = {};
  for (const rollout of changed) {
    const verdict = await look(services, place, rollout, now).catch(() => null);
    if (verdict) seen[rollout.id] = verdict;
  }
  return Object.keys(seen).length === 0 ? command : ({ ...command, seen } as Command);
}

async function look(services: Services, place: Place, rollout: Rollout, now: number): Promise<Verdict> {
  const { observed, ...verdict } = await judgeFolded({ ...services, now: () => now }, place, rollout);
  // Nothing is concluded from it any more: what only judging needs would make revisions large.
  const seen = { ...verdict, observed: { ...observed, overall: { ...observed.overall, ranks: {} }, segments: {} } };
  canonicalJson(seen); // throws for numbers that JSON has not
  return seen;
}

/** Periods begin anew with the moves of others too. */
function isChanged(rollout: Rollout, after: Rollout | undefined): boolean {
  if (after === undefined) return true;
  const { periods: _, ...then } = rollout;
  const { periods: __, ...now } = after;
  return JSON.stringify(then) !== JSON.stringify(now);
}

import type { Document } from '#schemas/document.ts';
import { FINISHED_ROLLOUTS_KEPT } from '#schemas/limits.ts';
import { hasEnded } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Unit } from '#schemas/unit.ts';
import { withRelease } from './release-state.ts';
import { unitsOf } from './rollout-state.ts';

/** Puts the rollout in place; one that completed hands its buildings over, and the release that it deployed. */
export function withRollout(document: Document, rollout: Rollout, newUnits: Unit[] = []): Document {
  const buildings = { ...document.buildings };
  if (rollout.state === 'completed') {
    for (const [building, { to }] of Object.entries(rollout.targets)) buildings[building] = { ...buildings[building]!, active_unit: to };
  }
  const rollouts = forgetOldest({ ...document.rollouts, [rollout.id]: rollout }, rollout.ended_at);
  const deployed = rollout.state === 'completed' && rollout.release ? withRelease(document, rollout.release) : document;
  return withNeededUnits({ ...deployed, buildings, rollouts }, newUnits);
}

/**
 * Keeps every rollout that has not ended, those that one of them came after, and the newest finished ones; the chain has the rest.
 * What ends just `now` stays, even where the clock jumped back and everything else seems to have ended later.
 */
function forgetOldest(rollouts: Record<string, Rollout>, now: number | undefined): Record<string, Rollout> {
  const all = Object.values(rollouts);
  const needed = new Set(all.flatMap((rollout) => (hasEnded(rollout) ? [] : (rollout.after ?? []))));
  const finished = all.filter((rollout) => hasEnded(rollout) && !needed.has(rollout.id));
  const [endsNow, endedBefore] = [
    finished.filter((rollout) => rollout.ended_at === now),
    finished.filter((rollout) => rollout.ended_at !== now),
  ];
  const newestFirst = endedBefore.toSorted((a, b) => (b.ended_at ?? 0) - (a.ended_at ?? 0));
  const forgotten = new Set(newestFirst.slice(Math.max(0, FINISHED_ROLLOUTS_KEPT - endsNow.length)).map((rollout) => rollout.id));
  return forgotten.size === 0 ? rollouts : Object.fromEntries(Object.entries(rollouts).filter(([id]) => !forgotten.has(id)));
}

/** What overrides and host routes give. */
export const exceptionalUnits = ({ overrides = {}, host_routes: routes = {} }: Document): string[] =>
  [...Object.values(overrides), ...Object.values(routes)].flatMap(({ units }) => Object.values(units));

/** A document holds every unit that a visitor can be given, now or by a rollout that waits, and no other. */
export function withNeededUnits(document: Document, offered: Unit[]): Document {
  const known = new Map([...Object.values(document.units), ...offered].map((unit) => [unit.id, unit]));
  const needed = new Set(Object.values(document.buildings).map((building) => building.active_unit));
  for (const rollout of Object.values(document.rollouts)) if (!hasEnded(rollout)) for (const id of unitsOf(rollout)) needed.add(id);
  for (const id of exceptionalUnits(document)) needed.add(id);
  const units = Object.fromEntries(
    [...needed].map((id) => {
      const unit = known.get(id);
      if (!unit) throw new Error(`the document refers to ${id}, which nobody offered`);
      return [id, unit];
    }),
  );
  return { ...document, units };
}

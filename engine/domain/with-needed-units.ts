import type { Document } from '#schemas/document.ts';
import type { Unit } from '#schemas/unit.ts';
import { isLive } from './rollout-state.ts';

/** A document holds every unit that a visitor can be given, and no other. */
export function withNeededUnits(document: Document, offered: Unit[]): Document {
  const known = new Map([...Object.values(document.units), ...offered].map((unit) => [unit.id, unit]));
  const needed = new Set(Object.values(document.buildings).map((building) => building.active_unit));
  for (const rollout of Object.values(document.rollouts)) {
    if (isLive(rollout)) for (const { to } of Object.values(rollout.targets)) needed.add(to);
  }
  for (const { units } of Object.values(document.overrides ?? {})) for (const id of Object.values(units)) needed.add(id);
  const units = Object.fromEntries(
    [...needed].map((id) => {
      const unit = known.get(id);
      if (!unit) throw new Error(`the document refers to ${id}, which nobody offered`);
      return [id, unit];
    }),
  );
  return { ...document, units };
}

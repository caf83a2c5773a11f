import type { PublishedUnit } from '#schemas/api.ts';
import type { Document } from '#schemas/document.ts';
import { isLive } from '../words/rollout-words.ts';

export type UnitChoices = { building: string; active: string; isMoving: boolean; units: PublishedUnit[] };

/** What each building could move to, newest first. */
export function unitChoices(published: readonly PublishedUnit[], { buildings, rollouts }: Document): UnitChoices[] {
  return Object.entries(buildings).flatMap(([building, { active_unit: active }]): UnitChoices[] => {
    const units = published.filter((entry) => entry.building === building && entry.unit.id !== active);
    const isMoving = Object.values(rollouts).some((rollout) => isLive(rollout) && Object.hasOwn(rollout.targets, building));
    return units.length === 0 ? [] : [{ building, active, isMoving, units: units.toSorted((a, b) => b.published_at - a.published_at) }];
  });
}

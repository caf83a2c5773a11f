import type { PublishedUnit } from '#schemas/api.ts';
import type { VersionFit } from '#schemas/compatibility.ts';
import type { Document } from '#schemas/document.ts';
import { isLive } from '#schemas/rollout-reading.ts';

export type UnitChoices = { building: string; active: string; isMoving: boolean; units: UnitChoice[] };

/** `misfit`: why it does not fit to what visitors could have beside it. Together with another unit it may. */
export type UnitChoice = PublishedUnit & { misfit: string | undefined };

/** What each building could move to, newest first. */
export function unitChoices(
  published: readonly PublishedUnit[],
  { buildings, rollouts }: Document,
  fits: readonly VersionFit[] = [],
): UnitChoices[] {
  const misfits = new Map(fits.map(({ unit, misfits: found }) => [unit, found[0]?.message]));
  return Object.entries(buildings).flatMap(([building, { active_unit: active }]): UnitChoices[] => {
    const units = published
      .filter((entry) => entry.building === building && entry.unit.id !== active)
      .map((entry) => ({ ...entry, misfit: misfits.get(entry.unit.id) }));
    const isMoving = Object.values(rollouts).some((rollout) => isLive(rollout) && Object.hasOwn(rollout.targets, building));
    return units.length === 0 ? [] : [{ building, active, isMoving, units: units.toSorted((a, b) => b.published_at - a.published_at) }];
  });
}

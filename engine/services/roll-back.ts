import { liveRollouts } from '#engine/domain/rollout-state.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import { type Actor, change } from './change.ts';
import type { Services } from './context.ts';

export type RollBackRequest = { building?: string; to_revision?: number; reason?: string };

/**
 * Undoes: takes live rollouts back if there are any, else returns to the units before the latest change of units, or to
 * those of a named revision. Always as a new revision; nothing is checked but that the units are known.
 */
export async function rollBack(services: Services, place: Place, request: RollBackRequest, actor: Actor): Promise<Revision> {
  const { revision } = await change(services, place, actor, async (head): Promise<CommandOf<'restore-units'>> => {
    if (!head) return refuse('not-found', `There is no ${place.apartment}/${place.environment}.`);
    const buildings = inScope(head.document, request.building);
    const source = await sourceOf(services, place, head, buildings, request.to_revision);
    const touched = buildings.filter((building) => isMoving(head.document, building) || differs(source.document, head.document, building));
    if (touched.length === 0) refuse('nothing-to-restore', `The units of revision ${source.number} are what visitors get already.`);
    return {
      type: 'restore-units',
      units: activeUnits(source.document, touched),
      from_revision: source.number,
      ...(request.reason ? { reason: request.reason } : {}),
    };
  });
  return revision;
}

function inScope(document: Document, building: string | undefined): string[] {
  if (building === undefined) return Object.keys(document.buildings);
  if (Object.hasOwn(document.buildings, building)) return [building];
  return refuse('not-found', `There is no building ${building} in ${document.apartment}/${document.environment}.`);
}

const isMoving = (document: Document, building: string): boolean =>
  liveRollouts(document).some((rollout) => Object.hasOwn(rollout.targets, building));

/** The revision to take the units from. */
async function sourceOf(
  services: Services,
  place: Place,
  head: Revision,
  buildings: string[],
  toRevision: number | undefined,
): Promise<Revision> {
  if (toRevision !== undefined) {
    return (
      (await services.revisions.at(place, toRevision)) ??
      refuse('not-found', `There is no revision ${toRevision} of ${place.apartment}/${place.environment}.`)
    );
  }
  if (buildings.some((building) => isMoving(head.document, building))) return head;
  for (let number = head.number - 1; number > 0; number--) {
    const revision = await services.revisions.at(place, number);
    if (revision && buildings.some((building) => differs(revision.document, head.document, building))) return revision;
  }
  return refuse('nothing-to-restore', 'No rollout is under way, and no earlier revision had other units.');
}

/** A building that did not exist yet has nothing to go back to. */
function differs(before: Document, now: Document, building: string): boolean {
  const earlier = Object.hasOwn(before.buildings, building) ? before.buildings[building] : undefined;
  return earlier !== undefined && earlier.active_unit !== now.buildings[building]!.active_unit;
}

function activeUnits(document: Document, buildings: string[]): CommandOf<'restore-units'>['units'] {
  return Object.fromEntries(
    buildings.flatMap((building) => {
      const there = Object.hasOwn(document.buildings, building) ? document.buildings[building] : undefined;
      return there ? [[building, document.units[there.active_unit]!]] : [];
    }),
  );
}

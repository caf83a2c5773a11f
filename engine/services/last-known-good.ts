import { liveRollouts } from '#engine/domain/rollout-state.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Services } from './context.ts';

/**
 * The newest revision whose stable units are known to be good for these buildings; null: none is. Units are good when a
 * rollout completed with them in good health, or when everybody had them, until something better came; not when they were
 * undone. The units of now are good only by proof, or if a rollout is under way: then that is what is suspected.
 */
export async function lastKnownGood(services: Services, place: Place, head: Revision, buildings: string[]): Promise<Revision | null> {
  const unitsIn = ({ document }: Revision): string =>
    JSON.stringify(buildings.map((building) => (document.buildings[building] ?? head.document.buildings[building]!).active_unit));
  const isMoving = liveRollouts(head.document).some(({ targets }) => buildings.some((building) => Object.hasOwn(targets, building)));
  const undone = new Set<string>();
  for (let newest = head; ;) {
    const units = unitsIn(newest);
    let first = newest;
    let before = await services.revisions.at(place, first.number - 1);
    while (before && unitsIn(before) === units) {
      first = before;
      before = await services.revisions.at(place, first.number - 1);
    }
    const isSuspect = newest === head && !isMoving && !isProven(first) && before !== null;
    if (!undone.has(units) && !isSuspect) return newest;
    if (!before) return null;
    if (first.cause.type === 'restore-units') undone.add(unitsIn(before));
    newest = before;
  }
}

/** Whether the revision came to its units by a good verdict, or by somebody who went back to them. */
function isProven({ cause }: Revision): boolean {
  return cause.type === 'restore-units' || (cause.type === 'judge-rollout' && cause.verdict.verdict === 'healthy');
}

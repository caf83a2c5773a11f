import { liveRollouts } from '#engine/domain/rollout-state.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Services } from './context.ts';

type UnitsIn = (revision: Revision) => string;

/**
 * The newest revision whose stable units are known to be good for these buildings; null: none is. Units are good when a
 * rollout came to them in good health, when somebody went back to them, or when everybody had them and nobody ever undid
 * them. Those of now are doubted by whoever asks: they need proof, or a rollout under way, which is what is doubted then.
 */
export async function lastKnownGood(services: Services, place: Place, head: Revision, buildings: string[]): Promise<Revision | null> {
  const unitsIn: UnitsIn = ({ document }) =>
    JSON.stringify(buildings.map((building) => (document.buildings[building] ?? head.document.buildings[building]!).active_unit));
  const isMoving = liveRollouts(head.document).some(({ targets }) => buildings.some((building) => Object.hasOwn(targets, building)));
  for (let newest = head; ;) {
    const { first, before } = await since(services, place, newest, unitsIn);
    const isDoubted = newest === head && !isMoving && before !== null;
    if (isProven(first) || (!isDoubted && !(await wasUndone(services, place, first, unitsIn)))) return newest;
    if (!before) return null;
    newest = before;
  }
}

/** The revision that brought the units which `newest` has, and the one before it. */
async function since(
  services: Services,
  place: Place,
  newest: Revision,
  unitsIn: UnitsIn,
): Promise<{ first: Revision; before: Revision | null }> {
  let first = newest;
  for (;;) {
    const before = await services.revisions.at(place, first.number - 1);
    if (!before || unitsIn(before) !== unitsIn(newest)) return { first, before };
    first = before;
  }
}

/** Whether the revision came to its units by a good verdict, or by somebody who went back to them. */
function isProven({ cause }: Revision): boolean {
  return cause.type === 'restore-units' || (cause.type === 'judge-rollout' && cause.verdict.verdict === 'healthy');
}

const PAGE = 500;

/** Whether somebody went back from these units at some time before. */
async function wasUndone(services: Services, place: Place, first: Revision, unitsIn: UnitsIn): Promise<boolean> {
  for (let before = first.number; before > 1;) {
    const page = await services.revisions.list(place, before, PAGE);
    for (const { number } of page.filter(({ cause }) => cause === 'restore-units')) {
      const [left, reached] = await Promise.all([services.revisions.at(place, number - 1), services.revisions.at(place, number)]);
      if (left && reached && unitsIn(left) === unitsIn(first) && unitsIn(reached) !== unitsIn(left)) return true;
    }
    before = page.at(-1)?.number ?? 1;
  }
  return false;
}

import type { Place } from '#engine/db/revision-store.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Services } from './context.ts';

/**
 * The first revision after the number `after` that has what `last` and every one between it and `last` has; numbers that the
 * chain has lost are passed over. It looks at about log2 of them.
 */
export async function firstRevision(
  services: Services,
  place: Place,
  after: number,
  last: Revision,
  has: (revision: Revision) => boolean,
): Promise<Revision> {
  let [without, first] = [after, last];
  while (first.number - without > 1) {
    const middle = Math.floor((without + first.number) / 2);
    const revision = await services.revisions.before(place, middle + 1);
    if (revision && revision.number > without && has(revision)) first = revision;
    else without = middle;
  }
  return first;
}

import type { Place, RevisionStore } from '#engine/db/revision-store.ts';
import type { Services } from './context.ts';

const PAGE = 200;

/** What is known of a pointer as of revision `upTo`: what it shows, and since when. */
type Known = { upTo: number; unit: string | null; since: number };

const remembered = new WeakMap<RevisionStore, Map<string, Known>>();

/**
 * The revision that brought what the building shows at revision `head`. A pointer may have stood still for thousands of
 * revisions, and these never change: how far it was followed is remembered, and only what is newer is read.
 */
export async function latestMove({ revisions }: Services, place: Place, building: string, head: number): Promise<number> {
  const all = remembered.get(revisions) ?? new Map<string, Known>();
  remembered.set(revisions, all);
  const key = `${place.apartment}/${place.environment}/${building}`;
  const known = all.get(key);
  if (known?.upTo === head) return known.since;
  let unit: string | null | undefined;
  let since = head;
  for (let below = head + 1; ;) {
    const page = await revisions.pointers(place, building, below, PAGE);
    for (const one of page) {
      unit ??= one.unit;
      if (one.unit !== unit) return remember(all, key, { upTo: head, unit: unit ?? null, since });
      if (one.number === known?.upTo) return remember(all, key, { upTo: head, unit, since: known.since });
      since = one.number;
    }
    if (page.length < PAGE) return remember(all, key, { upTo: head, unit: unit ?? null, since });
    below = page.at(-1)!.number;
  }
}

function remember(all: Map<string, Known>, key: string, known: Known): number {
  all.set(key, known);
  return known.since;
}

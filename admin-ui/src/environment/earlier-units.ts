import { queryOptions } from '@tanstack/react-query';
import type { EnvironmentState } from '#schemas/api.ts';
import type { Document } from '#schemas/document.ts';
import { queryClient } from '../api/query-client.ts';
import { type Place, revisionQuery } from '../api/queries.ts';

export type EarlierUnits = { revision: number; changes: { building: string; from: string; to: string }[] };

/** The engine looks through the whole chain; a dialog need not. */
const REVISIONS_TO_SEARCH = 50;

/** What an undo goes back to while no rollout is live: the newest revision with other units. null: none was found. */
export const earlierUnitsQuery = (place: Place, { revision, digest, document }: EnvironmentState) =>
  queryOptions({
    queryKey: ['earlier-units', place.apartment, place.environment, digest],
    queryFn: async (): Promise<EarlierUnits | null> => {
      for (let number = revision - 1; number > Math.max(0, revision - REVISIONS_TO_SEARCH); number--) {
        const earlier = await queryClient.fetchQuery(revisionQuery(place, number));
        const changes = changesBetween(document, earlier.document);
        if (changes.length > 0) return { revision: number, changes };
      }
      return null;
    },
    staleTime: Infinity,
  });

/** A building that did not exist yet has nothing to go back to. */
function changesBetween(now: Document, earlier: Document): EarlierUnits['changes'] {
  return Object.entries(now.buildings).flatMap(([building, { active_unit: from }]) => {
    const to = earlier.buildings[building]?.active_unit;
    return to !== undefined && to !== from ? [{ building, from, to }] : [];
  });
}

import { queryOptions } from '@tanstack/react-query';
import type { Revision } from '#schemas/revision.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { answerOf, routes } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { type Place, revisionQuery } from '../api/queries.ts';

const PAGE = '200';
/** The engine keeps the whole chain; a page need not search it without end. */
const PAGES_TO_SEARCH = 10;

/** The revision that ended the rollout, with what was seen when it did. null: it is further back than was looked. */
export const endingRevisionQuery = (place: Place, rollout: Rollout) =>
  queryOptions({
    queryKey: ['ending-revision', place.apartment, place.environment, rollout.id, rollout.ended_at],
    queryFn: async (): Promise<Revision | null> => {
      const endedAt = rollout.ended_at ?? 0;
      let before: number | null = null;
      for (let page = 0; page < PAGES_TO_SEARCH; page++) {
        const found = await revisionsBefore(place, before);
        for (const { number, at } of found.revisions) {
          if (at !== endedAt) continue;
          const revision = await queryClient.fetchQuery(revisionQuery(place, number));
          if (ends(revision, rollout.id)) return revision;
        }
        before = found.next_before;
        if (before === null || (found.revisions.at(-1)?.at ?? 0) < endedAt) return null;
      }
      return null;
    },
    staleTime: Infinity,
  });

const revisionsBefore = (place: Place, before: number | null) =>
  answerOf(
    routes.environment.revisions.$get({ param: place, query: { limit: PAGE, ...(before === null ? {} : { before: String(before) }) } }),
  );

/** Several revisions may share a millisecond: the one that is meant names the rollout, or took all of them back. */
const ends = ({ cause }: Revision, id: string): boolean => !('rollout' in cause) || cause.rollout === id;

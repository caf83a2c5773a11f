import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, routes } from './client.ts';

export type Place = { apartment: string; environment: string };

/** Queries stop polling by themselves while the tab is hidden. */
const LIVE_MS = 1_000;
const CALM_MS = 5_000;
/** What was refused from the start, such as an unknown environment, will hardly change within the second. */
const pace = ({ state }: { state: { data: unknown; errorUpdateCount: number } }): number =>
  state.data === undefined && state.errorUpdateCount > 0 ? CALM_MS : LIVE_MS;

const PAGE = '20';
const UNITS_PAGE = '1000';

/** The beginning of every key that a change of the environment makes old. */
export const placeKey = ({ apartment, environment }: Place) => ['place', apartment, environment] as const;

export const environmentsQuery = queryOptions({
  queryKey: ['environments'],
  queryFn: () => answerOf(routes.environments.$get()),
  refetchInterval: CALM_MS,
});

export const environmentQuery = (place: Place) =>
  queryOptions({
    queryKey: [...placeKey(place), 'state'],
    queryFn: () => answerOf(routes.environment.$get({ param: place })),
    refetchInterval: pace,
  });

export const rolloutsQuery = (place: Place) =>
  queryOptions({
    queryKey: [...placeKey(place), 'rollouts'],
    queryFn: async () => {
      const { rollouts } = await answerOf(routes.environment.rollouts.$get({ param: place }));
      // Countdowns run on the engine's clock, whatever this machine's clock says.
      return { rollouts, clockAhead: Date.now() - (rollouts[0]?.now ?? Date.now()) };
    },
    refetchInterval: pace,
  });

/** Health over time since a moment (epoch ms); undefined: since the rollout began. Points are minutes: they need no second's pace. */
export const rolloutHealthQuery = (place: Place, rollout: string, since: number | undefined, isLive: boolean) =>
  queryOptions({
    queryKey: [...placeKey(place), 'health', rollout, since ?? null],
    queryFn: () =>
      answerOf(
        routes.environment.rollouts[':rollout'].health.$get({
          param: { ...place, rollout },
          query: since === undefined ? {} : { from: String(since) },
        }),
      ),
    refetchInterval: isLive ? CALM_MS : false,
  });

/** How a rollout ended, and what was seen of it then; that stays as it is. */
export const rolloutEndingQuery = (place: Place, rollout: string) =>
  queryOptions({
    queryKey: ['ending', place.apartment, place.environment, rollout],
    queryFn: () => answerOf(routes.environment.rollouts[':rollout'].ending.$get({ param: { ...place, rollout } })),
    staleTime: Infinity,
  });

/** Where an environment goes back to; nothing: whatever undoes its latest change. */
export type BackTo = { to_last_known_good?: boolean };

/** What an emergency rollback would do at this revision; fails with the refusal that it would get. */
export const undoQuery = (place: Place, revision: number, { to_last_known_good: toGood }: BackTo) =>
  queryOptions({
    queryKey: [...placeKey(place), 'undo', revision, toGood ?? false],
    queryFn: () => answerOf(routes.environment.rollback.$get({ param: place, query: toGood ? { to_last_known_good: 'true' } : {} })),
    retry: false,
  });

/** The outside sources that the engine has; they change when it starts again. */
export const metricSourcesQuery = (place: Place) =>
  queryOptions({
    queryKey: ['metric-sources', place.apartment, place.environment],
    queryFn: () => answerOf(routes.environment['metric-sources'].$get({ param: place })),
    staleTime: 60_000,
  });

export const unitsQuery = ({ apartment }: Pick<Place, 'apartment'>) =>
  queryOptions({
    queryKey: ['units', apartment],
    queryFn: async () => {
      const units = [];
      for (let before: string | null | undefined; before !== null;) {
        const query = { limit: UNITS_PAGE, ...(before === undefined ? {} : { before }) };
        const page = await answerOf(routes.units.$get({ param: { apartment }, query }));
        units.push(...page.units);
        before = page.next_before;
      }
      return units;
    },
    refetchInterval: CALM_MS,
  });

export const whereQuery = (apartment: string) =>
  queryOptions({
    queryKey: ['where', apartment],
    queryFn: () => answerOf(routes.apartment.where.$get({ param: { apartment }, query: {} })),
    refetchInterval: CALM_MS,
  });

export const releasesQuery = (apartment: string) =>
  queryOptions({
    queryKey: ['releases', apartment],
    queryFn: async () => (await answerOf(routes.apartment.releases.$get({ param: { apartment } }))).releases,
    refetchInterval: CALM_MS,
  });

/** Which units fit to what visitors could have beside them; asked anew whenever the environment changes. */
export const compatibleQuery = (place: Place) =>
  queryOptions({
    queryKey: [...placeKey(place), 'compatible'],
    queryFn: async () => (await answerOf(routes.environment.compatible.$get({ param: place, query: {} }))).versions,
    refetchInterval: CALM_MS,
  });

export const historyQuery = (place: Place) =>
  infiniteQueryOptions({
    queryKey: [...placeKey(place), 'history'],
    queryFn: ({ pageParam }) =>
      answerOf(
        routes.environment.revisions.$get({ param: place, query: { limit: PAGE, ...(pageParam ? { before: String(pageParam) } : {}) } }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before,
    refetchInterval: CALM_MS,
  });

/** Whose token the page has, and what it may do. */
export const identityQuery = queryOptions({
  queryKey: ['identity'],
  queryFn: () => answerOf(routes.whoami.$get()),
  staleTime: 60_000,
});

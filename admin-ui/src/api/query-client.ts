import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ProblemError } from '#schemas/problem.ts';
import { session } from './session.ts';

function onError(error: Error): void {
  if (error instanceof ProblemError && error.problem.status === 401) session.refused();
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    // Polling is the retry. The engine may well be on this machine, so the browser being "offline" says nothing.
    queries: { retry: false, networkMode: 'always', staleTime: 500 },
    mutations: { networkMode: 'always' },
  },
});

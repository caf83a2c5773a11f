import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { MovePlanInput } from '#schemas/rollout.ts';
import { answerOf, patientRoutes, routes } from './client.ts';
import type { Reason } from './commands.ts';

/** How units are moved: as the API takes it, but for the reason. */
export type MoveBody = { plan?: MovePlanInput; take_back?: boolean; override_freeze?: boolean };

export type Promotion = MoveBody & { from: string; buildings: string[]; allow_older?: boolean; while_moving?: boolean };

/** A command; once it is done, everything that is shown of the apartment is asked for again. */
function useCommand<Output>(apartment: string, send: (reason: Reason) => Promise<Output>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: () => void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === apartment }),
  });
}

/** Carries units from one environment into another. */
export const usePromoteUnits = (apartment: string, environment: string, promotion: Promotion) =>
  useCommand(apartment, (reason) =>
    answerOf(routes.environment.promote.$post({ param: { apartment, environment }, header: {}, json: { ...promotion, reason } })),
  );

export const useDeploy = (apartment: string, environment: string, release: string, how: MoveBody) =>
  useCommand(apartment, (reason) =>
    answerOf(patientRoutes.deploy.$post({ param: { apartment, environment }, header: {}, json: { release, ...how, reason } })),
  );

/** Makes a version of one that was tried, with the same bytes. */
export const usePromoteVersion = (apartment: string, name: string, version: string, from: string) =>
  useCommand(apartment, (reason) =>
    answerOf(routes.units[':name'].promote.$post({ param: { apartment, name }, json: { version, from, reason } })),
  );

import { useMutation } from '@tanstack/react-query';
import type { SimulateRequestInput } from '#schemas/simulation.ts';
import { answerOf, patientRoutes } from '../api/client.ts';

/** Touches nothing in the engine, so that nothing is asked for again afterwards. */
export const useSimulation = () =>
  useMutation({ mutationFn: (request: SimulateRequestInput) => answerOf(patientRoutes.simulate.$post({ json: request })) });

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Rollout, RolloutPlanInput } from '#schemas/rollout.ts';
import { answerOf, routes } from './client.ts';
import { type Place, placeKey } from './queries.ts';

export type Move = 'pause' | 'resume' | 'promote-next' | 'promote-done' | 'rollback' | 'abort';

function sendMove(place: Place, { id, step }: Rollout, move: Move, reason: string | undefined) {
  const one = routes.environment.rollouts[':rollout'];
  const param = { ...place, rollout: id };
  switch (move) {
    case 'pause':
      return answerOf(one.pause.$post({ param, header: {}, json: { reason } }));
    case 'resume':
      return answerOf(one.resume.$post({ param, header: {}, json: { reason } }));
    case 'rollback':
      return answerOf(one.rollback.$post({ param, header: {}, json: { reason } }));
    case 'abort':
      return answerOf(one.abort.$post({ param, header: {}, json: { reason } }));
    case 'promote-next':
      return answerOf(one.promote.$post({ param, header: {}, json: { to: 'next-step', from_step: step, reason } }));
    case 'promote-done':
      return answerOf(one.promote.$post({ param, header: {}, json: { to: 'done', from_step: step, reason } }));
  }
}

/** A command; once it is done, what it changed is asked for again. */
function useCommand<Input, Output>(place: Place, send: (input: Input) => Promise<Output>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    // Not awaited: a dialog must close before what it talks about changes under it.
    onSuccess: () => void queries.invalidateQueries({ queryKey: placeKey(place) }),
  });
}

export type Reason = string | undefined;

/** A promotion is meant for the step that the page shows; if the engine has moved on by then, it is refused. */
export const useMoveRollout = (place: Place, rollout: Rollout, move: Move) =>
  useCommand(place, (reason: Reason) => sendMove(place, rollout, move, reason));

export const useUndo = (place: Place) =>
  useCommand(place, (reason: Reason) => answerOf(routes.environment.rollback.$post({ param: place, header: {}, json: { reason } })));

export const useStartRollout = (place: Place) =>
  useCommand(place, (plan: RolloutPlanInput) => answerOf(routes.environment.rollouts.$post({ param: place, header: {}, json: plan })));

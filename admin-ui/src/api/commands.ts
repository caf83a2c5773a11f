import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { PolicyInput } from '#schemas/policy.ts';
import type { EditRequestInput } from '#schemas/api.ts';
import type { Rollout, RolloutPlanInput } from '#schemas/rollout.ts';
import { answerOf, routes } from './client.ts';
import { type BackTo, type Place, placeKey } from './queries.ts';

export const MOVES = [
  'approve',
  'pause',
  'resume',
  'promote-next',
  'promote-done',
  'promote-variant',
  'restart',
  're-salt',
  'rollback',
  'abort',
  'retry',
] as const;
export type Move = (typeof MOVES)[number];

export type Reason = string | undefined;

/** What a person chose beside the reason. */
export type Choices = { variant?: string | undefined; override_freeze?: boolean | undefined };

const rollout = routes.environment.rollouts[':rollout'];

function sendMove(place: Place, { id, step }: Rollout, move: Move, reason: Reason, { variant, override_freeze }: Choices) {
  const common = { param: { ...place, rollout: id }, header: {} };
  const promotion = { from_step: step, override_freeze, reason };
  switch (move) {
    case 'promote-next':
      return answerOf(rollout.promote.$post({ ...common, json: { to: 'next-step', ...promotion } }));
    case 'promote-done':
      return answerOf(rollout.promote.$post({ ...common, json: { to: 'done', ...promotion } }));
    case 'promote-variant':
      return answerOf(rollout.promote.$post({ ...common, json: { to: 'done', variant, ...promotion } }));
    case 'retry':
      return answerOf(rollout.retry.$post({ ...common, json: { override_freeze, reason } }));
    case 're-salt':
      // Without a reason it is refused, and says so.
      return answerOf(rollout['re-salt'].$post({ ...common, json: { reason: reason ?? '' } }));
    case 'approve':
    case 'pause':
    case 'resume':
    case 'restart':
    case 'rollback':
    case 'abort':
      return answerOf(rollout[move].$post({ ...common, json: { reason } }));
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

/** A promotion is meant for the step that the page shows; if the engine has moved on by then, it is refused. */
export const useMoveRollout = (place: Place, of: Rollout, move: Move, choices: Choices = {}) =>
  useCommand(place, (reason: Reason) => sendMove(place, of, move, reason, choices));

export const useUndo = (place: Place, back: BackTo = {}) =>
  useCommand(place, (reason: Reason) =>
    answerOf(routes.environment.rollback.$post({ param: place, header: {}, json: { ...back, reason } })),
  );

export const useEditRollout = (place: Place, id: string) =>
  useCommand(place, (json: EditRequestInput) => answerOf(rollout.edit.$post({ param: { ...place, rollout: id }, header: {}, json })));

export const useStartRollout = (place: Place) =>
  useCommand(place, (plan: RolloutPlanInput) => answerOf(routes.environment.rollouts.$post({ param: place, header: {}, json: plan })));

export const useSetPolicy = (place: Place) =>
  useCommand(place, (policy: PolicyInput) => answerOf(routes.environment.policy.$put({ param: place, header: {}, json: policy })));

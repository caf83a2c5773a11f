import { describeFreeze, freezeAt, freezeEndsAt } from '#engine/domain/freeze.ts';
import { noSuchRollout, rolloutConfig, stepEndsAt } from '#engine/domain/rollout-state.ts';
import type { Place } from '#engine/db/revision-store.ts';
import { ProblemError } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import { hasEnded, isLive } from '#schemas/rollout-reading.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';
import { observeRollout } from './observe-rollout.ts';

async function view(services: Services, place: Place, head: Revision, rollout: Rollout): Promise<RolloutView> {
  const freeze = hasEnded(rollout) ? null : freezeAt(head.document.policy, services.now());
  const until = freeze && freezeEndsAt(head.document.policy, services.now());
  return {
    rollout,
    config: rolloutConfig(rollout),
    verdict: isLive(rollout) ? await observeRollout(services, place, rollout) : null,
    step_ends_at: stepEndsAt(rollout),
    ...(freeze ? { frozen: describeFreeze(freeze) } : {}),
    ...(until === null ? {} : { frozen_until: until }),
    revision: head.number,
    now: services.now(),
  };
}

const rank = (rollout: Rollout): number => (isLive(rollout) ? 0 : hasEnded(rollout) ? 2 : 1);

/** Every rollout that the head still knows: live ones first, then those that wait, then the others, each newest first. */
export async function viewRollouts(services: Services, place: Place): Promise<RolloutView[]> {
  const head = await requireHead(services, place);
  const rollouts = Object.values(head.document.rollouts).toSorted((a, b) => rank(a) - rank(b) || b.started_at - a.started_at);
  return Promise.all(rollouts.map((rollout) => view(services, place, head, rollout)));
}

/** The head and a rollout that it knows; refused with `not-found` when it does not. */
export async function requireRollout(services: Services, place: Place, id: string): Promise<{ head: Revision; rollout: Rollout }> {
  const head = await requireHead(services, place);
  const rollout = Object.hasOwn(head.document.rollouts, id) ? head.document.rollouts[id] : undefined;
  if (!rollout) throw new ProblemError(noSuchRollout(place, id));
  return { head, rollout };
}

export async function viewRollout(services: Services, place: Place, id: string): Promise<RolloutView> {
  const { head, rollout } = await requireRollout(services, place, id);
  return view(services, place, head, rollout);
}

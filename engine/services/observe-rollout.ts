import { NO_HEALTH, judge } from '#engine/domain/judge.ts';
import { currentStep } from '#engine/domain/rollout-state.ts';
import { neighboursOf } from '#engine/domain/place-in-layer.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { Document } from '#schemas/document.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import type { Services } from './context.ts';

/** How the rollout's current step looks now. */
export async function observeRollout(services: Services, place: Place, document: Document, rollout: Rollout): Promise<Verdict> {
  const { percentage } = currentStep(rollout);
  const arms = await services.health.ofStep(place, rollout.id, rollout.step);
  const observation = {
    step: rollout.step,
    percentage,
    control_percentage: 100 - percentage - neighboursOf(document, rollout).reduce((sum, other) => sum + currentStep(other).percentage, 0),
    from: rollout.step_started_at,
    to: services.now(),
    arm: arms.get('canary') ?? NO_HEALTH,
    control: arms.get('control') ?? NO_HEALTH,
  };
  return judge(observation, rollout.monitoring);
}

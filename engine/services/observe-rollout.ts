import { NO_HEALTH, judge } from '#engine/domain/judge.ts';
import { controlOf } from '#engine/domain/experiment.ts';
import { evidenceSince } from '#engine/domain/rollout-state.ts';
import { currentPeriod, firstPeriod, periodsOf } from '#engine/domain/shares.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { ArmHealth } from '#schemas/health.ts';
import type { Observation, Verdict } from '#schemas/verdict.ts';
import type { Services } from './context.ts';
import { metricStates } from './metric-states.ts';

/** How the rollout's current step looks now. */
export async function observeRollout(services: Services, place: Place, rollout: Rollout): Promise<Verdict> {
  return judge(await observe(services, place, rollout), rollout);
}

/** Everything that judging the rollout now needs. */
export async function observe(services: Services, place: Place, rollout: Rollout): Promise<Observation> {
  const all = periodsOf(rollout).map((period, number) => ({ period: number, ...period }));
  const periods = all.slice(firstPeriod(rollout));
  const inStep =
    periods.length === 0 ? [currentPeriod(rollout)] : periods.filter(({ step }) => step === rollout.step).map(({ period }) => period);
  const arms: Record<string, ArmHealth> = {};
  for (const period of inStep) {
    for (const [arm, health] of await services.health.ofPeriod(place, rollout.id, period))
      arms[arm] = addHealth(arms[arm] ?? NO_HEALTH, health);
  }
  return {
    at: services.now(),
    step: rollout.step,
    step_started_at: rollout.step_started_at,
    started_at: evidenceSince(rollout),
    control: controlOf(rollout),
    arms,
    periods,
    overall: { periods: [], ranks: {} },
    segments: {},
    metrics: await metricStates(services, place, rollout),
  };
}

function addHealth(one: ArmHealth, other: ArmHealth): ArmHealth {
  const names = Object.keys(one) as (keyof ArmHealth)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as ArmHealth;
}

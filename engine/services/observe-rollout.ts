import { foldHealth } from '#engine/domain/evidence/fold-health.ts';
import { observationOf } from '#engine/domain/evidence/observation-of.ts';
import { judge, needsNetworks } from '#engine/domain/judge.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { HealthState } from '#schemas/health.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Observation, Verdict } from '#schemas/verdict.ts';
import type { Services } from './context.ts';
import { metricStates } from './metric-states.ts';

/** How the rollout's current step looks now, with what no tick has folded yet. A look: it writes nothing. */
export async function observeRollout(services: Services, place: Place, rollout: Rollout): Promise<Verdict> {
  return judgeState(services, place, rollout, await lookAtHealth(services, place, rollout));
}

/** How it looked to the last tick, networks left out: quick, however much waits and however many visitors there were. */
export async function judgeFolded(services: Services, place: Place, rollout: Rollout): Promise<Verdict> {
  return judgeState(services, place, rollout, await services.health.folded(place, rollout.id), { withNetworks: false });
}

/** Everything that judging the rollout now needs. */
export async function observe(services: Services, place: Place, rollout: Rollout): Promise<Observation> {
  return observationOf(await lookAtHealth(services, place, rollout), rollout, await metricStates(services, place, rollout), services.now());
}

async function lookAtHealth(services: Services, place: Place, rollout: Rollout): Promise<HealthState | null> {
  const { state, deltas } = await services.health.look(place, rollout.id);
  return foldHealth(state, deltas, rollout, services.now());
}

/**
 * The verdict on what was folded. Networks are a query over all visitors, so they are looked up only where they can change what
 * is done, and never without `withNetworks`. `inBrief`: without the numbers for people, which take most of the time and nothing is
 * concluded from.
 */
export async function judgeState(
  services: Services,
  place: Place,
  rollout: Rollout,
  state: HealthState | null,
  { inBrief = false, withNetworks = true }: { inBrief?: boolean; withNetworks?: boolean } = {},
): Promise<Verdict> {
  const now = services.now();
  const metrics = await metricStates(services, place, rollout);
  const verdict = judge(observationOf(state, rollout, metrics, now), rollout, inBrief);
  if (!withNetworks || !needsNetworks(verdict)) return verdict;
  const networks = await services.health.networks(place, rollout.id);
  return judge(observationOf(state, rollout, metrics, now, networks), rollout, inBrief);
}

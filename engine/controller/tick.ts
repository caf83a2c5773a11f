import { decide } from '#engine/domain/decide.ts';
import { liveRollouts } from '#engine/domain/rollout-state.ts';
import { beginDueRollouts } from '#engine/services/begin-due-rollouts.ts';
import type { Services } from '#engine/services/context.ts';
import { foldPending, stateKey } from '#engine/services/fold-health.ts';
import { judgeRollout } from '#engine/services/judge-rollout.ts';
import { judgeState } from '#engine/services/observe-rollout.ts';
import type { HealthState } from '#schemas/health.ts';
import type { Revision } from '#schemas/revision.ts';
import { isLive } from '#schemas/rollout-reading.ts';

const ENGINE = { name: 'engine' };

type OnError = (error: unknown, where: string) => void;

/**
 * Looks at every rollout that has not ended once: fold what was counted, observe, decide, commit. Level-triggered: it remembers nothing
 * between ticks, so it may be killed at any instant and run again, and a step is taken once. Returns the revisions that it
 * caused. One environment's failure is reported and does not keep the others from being looked at.
 */
export async function tick(services: Services, onError: OnError): Promise<Revision[]> {
  const heads = await loadHeads(services, onError);
  const states = await foldPending(services, heads, onError);
  const caused: Revision[] = [];
  for (const head of heads) {
    try {
      caused.push(...(await judgeRollouts(services, head, states)));
    } catch (error) {
      onError(error, `${head.apartment}/${head.environment}`);
    }
  }
  return caused;
}

async function loadHeads(services: Services, onError: OnError): Promise<Revision[]> {
  const heads: Revision[] = [];
  for (const { apartment, environment } of await services.revisions.places()) {
    try {
      const head = await services.revisions.head({ apartment, environment });
      if (head) heads.push(head);
    } catch (error) {
      onError(error, `${apartment}/${environment}`);
    }
  }
  return heads;
}

async function judgeRollouts(services: Services, head: Revision, states: ReadonlyMap<string, HealthState>): Promise<Revision[]> {
  const { apartment, environment } = head;
  const place = { apartment, environment };
  const caused: Revision[] = [];
  let { document } = head;
  for (const { id } of liveRollouts(document)) {
    const rollout = document.rollouts[id];
    if (!rollout || !isLive(rollout)) continue; // another's verdict ended it
    const state = states.get(stateKey(place, id)) ?? null;
    // Most verdicts change nothing, and to find that out costs little beside all the numbers and a way through the store.
    const brief = await judgeState(services, place, rollout, state, { inBrief: true });
    const context = { ...place, actor: ENGINE.name, now: services.now() };
    if (decide(document, { type: 'judge-rollout', rollout: id, verdict: brief }, context) === document) continue;
    const verdict = await judgeState(services, place, rollout, state);
    const { revision, changed } = await judgeRollout(services, place, { type: 'judge-rollout', rollout: id, verdict }, ENGINE);
    if (changed) caused.push(revision);
    ({ document } = revision);
  }
  caused.push(...(await beginDueRollouts(services, place, { ...head, document }, ENGINE)));
  return caused;
}

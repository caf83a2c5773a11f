import type { Place } from '#engine/db/revision-store.ts';
import type { RolloutEvidence } from '#schemas/registry.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Services } from './context.ts';
import { firstRevision } from './first-revision.ts';

/** Every rollout that ever gave the unit to visitors of the apartment, as the chains of its environments tell how it went. */
export async function rolloutEvidence(services: Services, apartment: string, id: string): Promise<RolloutEvidence[]> {
  const places = (await services.revisions.places()).filter((place) => place.apartment === apartment);
  const evidence: RolloutEvidence[] = [];
  for (const { environment } of places) {
    const place = { apartment, environment };
    for (const { number, cause } of await services.revisions.startsNaming(place, JSON.stringify(id))) {
      if (cause.type !== 'start-rollout') continue;
      const targets = [cause.targets, ...Object.values(cause.variants ?? {})];
      if (!targets.some((units) => Object.values(units).some((unit) => unit.id === id))) continue; // it was the control
      const rollout = await lastSeen(services, place, cause.id, number);
      if (!rollout) continue;
      const { state, state_reason: reason, ended_at: ended } = rollout;
      const end = ended === undefined ? {} : { ended_at: ended };
      evidence.push({ environment, rollout: cause.id, started_in: number, state, survived: state === 'completed', ...end, reason });
    }
  }
  return evidence;
}

/** The rollout in the newest document that holds it: documents keep only the newest of those that ended. */
async function lastSeen(services: Services, place: Place, id: string, startedIn: number): Promise<Rollout | undefined> {
  const head = await services.revisions.head(place);
  const newest = head?.document.rollouts[id];
  if (newest || !head) return newest;
  // It is in every document from its start to the one that forgot it.
  const forgetting = await firstRevision(services, place, startedIn, head, ({ document }) => document.rollouts[id] === undefined);
  return (await services.revisions.before(place, forgetting.number))?.document.rollouts[id];
}

import type { Place } from '#engine/db/revision-store.ts';
import { Policy } from '#schemas/policy.ts';
import type { Revision } from '#schemas/revision.ts';
import { type Actor, change, requireHead } from './change.ts';
import type { Services } from './context.ts';

/** The rules for rollouts of an environment; one that never had any has none. */
export async function viewPolicy(services: Services, place: Place): Promise<Policy> {
  return (await requireHead(services, place)).document.policy ?? Policy.parse({});
}

export async function setPolicy(services: Services, place: Place, policy: Policy, actor: Actor): Promise<Revision> {
  const { revision } = await change(services, place, actor, () => ({ type: 'set-policy', policy }));
  return revision;
}

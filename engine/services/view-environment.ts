import type { Place } from '#engine/db/revision-store.ts';
import type { EnvironmentState } from '#schemas/api.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';

/** The head of an environment, and how far it has reached the edge. */
export async function viewEnvironment(services: Services, place: Place): Promise<EnvironmentState> {
  const head = await requireHead(services, place);
  const { apartment, environment, number, digest, at, actor, document } = head;
  return { apartment, environment, revision: number, digest, at, actor, document, delivery: await services.outbox.delivery(place) };
}

import { foldHealth } from '#engine/domain/evidence/fold-health.ts';
import { MS_PER_MINUTE, liveRollouts } from '#engine/domain/rollout-state.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { HealthDelta, HealthState } from '#schemas/health.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Services } from './context.ts';

const RECENT_MS = 60 * MS_PER_MINUTE;

/** The key of a rollout's state. */
export const stateKey = (place: Place, rollout: string): string => `${nameOf(place)}/${rollout}`;

const nameOf = ({ apartment, environment }: Place): string => `${apartment}/${environment}`;

/**
 * Folds whatever was counted since the last time, of all rollouts of these heads, in one transaction: another engine on the
 * same store finds nothing left to fold. What was counted for places that are not among the heads waits, and so does what was
 * counted lately for a rollout that its head does not know: it may have begun since the head was read. After an hour it is one
 * that the head does not know any more, and it goes. Time alone moves a rollout's health too, as long as somebody may
 * still report.
 * Returns the states of the live rollouts, by {@link stateKey}; a rollout of which nothing was counted has none.
 */
export async function foldPending(
  services: Services,
  heads: readonly Revision[],
  onError: (error: unknown, where: string) => void,
): Promise<ReadonlyMap<string, HealthState>> {
  const now = services.now();
  const documents = new Map(heads.map((head) => [nameOf(head), head.document]));
  const live = heads.flatMap(({ apartment, environment, document }) =>
    liveRollouts(document).map(({ id }) => ({ apartment, environment, rollout: id })),
  );
  const unread = new Error('its head could not be read, or only one from before the rollout');
  const states = await services.health.fold(
    live,
    (place, id, state, deltas) => {
      const document = documents.get(nameOf(place));
      if (!document) throw unread;
      const rollout = Object.hasOwn(document.rollouts, id) ? document.rollouts[id] : undefined;
      if (!rollout && isRecent(deltas, now)) throw unread;
      if (!rollout) return null;
      return deltas.length === 0 && !waits(state) ? state : foldHealth(state, deltas, rollout, now);
    },
    // Whoever could not read the head has told why.
    (error, place) => error !== unread && onError(error, nameOf(place)),
  );
  return new Map(live.flatMap((one, index) => (states[index] ? [[stateKey(one, one.rollout), states[index]]] : [])));
}

const isRecent = (deltas: readonly HealthDelta[], now: number): boolean =>
  deltas.some(({ minute }) => Math.abs(now - minute * MS_PER_MINUTE) < RECENT_MS);

function waits(state: HealthState | null): boolean {
  if (!state) return false;
  return [state.overall, ...Object.values(state.segments)].some(({ waiting }) => waiting.length > 0) || state.calm.pending.length > 0;
}

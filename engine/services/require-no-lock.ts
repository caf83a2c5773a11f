import type { HeldLock } from '#engine/db/lock-store.ts';
import type { LockUse, Place } from '#engine/db/revision-store.ts';
import type { Command } from '#schemas/command.ts';
import { refuse } from '#schemas/problem.ts';
import type { Services } from './context.ts';

/** An emergency waits for nobody, and whoever was deploying meanwhile is not to undo it. */
const BREAKS_LOCK: ReadonlySet<Command['type']> = new Set(['restore-units', 'roll-back-rollout']);

/** What goes on during a deploy: emergencies, stopping a rollout, previews, and what the engine does by itself. */
const IGNORES_LOCK: ReadonlySet<Command['type']> = new Set([
  ...BREAKS_LOCK,
  'abort-rollout',
  'pause-rollout',
  'judge-rollout',
  'begin-rollout',
  'set-host-route',
  'remove-host-routes',
]);

/** Refuses with `locked`, naming the holder, while another than the one with the lock `own` deploys there, and who has lost it. */
export async function requireNoLock(services: Services, place: Place, { type }: Command, own: string | undefined): Promise<void> {
  if (IGNORES_LOCK.has(type)) return;
  const lock = await services.locks.held(place, services.now());
  if (lock && lock.id !== own) refuseLocked(place, lock);
  if (lock || own === undefined) return;
  const detail = `The lock of this deploy on ${place.apartment}/${place.environment} has ended: its time was up, or somebody ended it. Nothing was moved.`;
  refuse('locked', detail);
}

/** What the commit must find of the lock, since somebody may take it after {@link requireNoLock} has looked. */
export function lockUse({ type }: Command, own: string | undefined): LockUse {
  const held = own ?? (IGNORES_LOCK.has(type) ? undefined : null);
  return { ...(held === undefined ? {} : { held }), ...(BREAKS_LOCK.has(type) ? { breaks: true } : {}) };
}

export function refuseLocked({ apartment, environment }: Place, { holder, purpose, since, until }: HeldLock): never {
  const times = `since ${new Date(since).toISOString()}, until ${new Date(until).toISOString()} at the latest`;
  const detail = `${holder} holds ${apartment}/${environment} for ${purpose} ${times}. "concierge rollback" does not wait for it; "concierge lock break" ends it.`;
  return refuse('locked', detail);
}

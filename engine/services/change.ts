import { decide, isProblem } from '#engine/domain/decide.ts';
import { describeChange } from '#engine/domain/describe-change.ts';
import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import { NO_PARENT, revisionDigest } from '#engine/db/revision-digest.ts';
import type { Asked, Place } from '#engine/db/revision-store.ts';
import type { TokenRole } from '#schemas/api.ts';
import type { Command } from '#schemas/command.ts';
import { ProblemError, refuse } from '#schemas/problem.ts';
import type { Revision } from '#schemas/revision.ts';
import { checkSnapshot } from './check-snapshot.ts';
import { lockUse, requireNoLock } from './require-no-lock.ts';
import type { Services } from './context.ts';
import { doneBefore } from './done-before.ts';
import { withSeen } from './with-seen.ts';

export type Actor = {
  name: string;
  /** What the actor's token may do; left out: the engine itself. */
  role?: TokenRole;
  /** The revision that the caller saw; refused when it is not the head any more. */
  ifMatch?: number;
  /** Names the request; one that was carried out already answers with the revision that it caused. */
  idempotencyKey?: string;
  /** What is asked under that key; another request under it is refused. Left out: the key itself says it all. */
  asked?: Asked;
  /** The id of the lock that the actor took; it must still be the actor's when the change is made. */
  lock?: string;
};

/** Makes the command for a head; asked again when somebody else was faster. */
export type CommandFor = (head: Revision | null) => Command | Promise<Command>;

const ATTEMPTS = 20;

/**
 * Load, decide, commit: the only way in which a document changes. Loses no update: when another revision took the number,
 * it decides again on the new head, unless the caller asked for a certain one. Returns the head when nothing changed.
 * Throws {@link ProblemError} with whatever the decision refused.
 */
export async function change(
  services: Services,
  place: Place,
  actor: Actor,
  commandFor: CommandFor,
): Promise<{ revision: Revision; changed: boolean }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const head = await services.revisions.head(place);
    // After the head: the same request may be under way elsewhere, and must not be refused for what it did itself.
    const done = await doneBefore(services, place, actor);
    if (done) return { revision: done, changed: true };
    if (actor.ifMatch !== undefined && actor.ifMatch !== (head?.number ?? 0)) {
      refuse('precondition-failed', `You saw revision ${actor.ifMatch}; it is at ${head?.number ?? 0} now.`);
    }
    if (head && !isSound(head)) {
      const detail = `Revision ${head.number} of ${place.apartment}/${place.environment} is damaged, and nothing is decided on it.`;
      refuse('unavailable', `${detail} "concierge verify" says more, "concierge recover" brings it back.`);
    }
    const command = await commandFor(head);
    const now = services.now();
    await requireNoLock(services, place, command, actor.lock);
    const outcome = decide(head?.document ?? null, command, {
      ...place,
      actor: actor.name,
      now,
      ...(actor.role ? { role: actor.role } : {}),
    });
    if (isProblem(outcome)) throw new ProblemError(outcome);
    if (head && outcome === head.document) return { revision: head, changed: false };
    const number = (head?.number ?? 0) + 1;
    const refused = checkSnapshot(head?.document ?? null, outcome, command, number, now);
    if (refused) throw new ProblemError(refused);
    const cause = head ? await withSeen(services, place, [head.document, outcome], command, now) : command;
    const undigested = {
      ...place,
      number,
      parent_digest: head?.digest ?? NO_PARENT,
      actor: actor.name,
      cause,
      at: now,
      document: outcome,
    };
    const revision = { ...undigested, digest: revisionDigest(undigested) };
    const payload = JSON.stringify(toSnapshot(outcome, number, now));
    const request =
      actor.idempotencyKey === undefined ? undefined : { key: actor.idempotencyKey, ...(actor.asked ? { asked: actor.asked } : {}) };
    const lock = lockUse(command, actor.lock);
    if (await services.revisions.commit(revision, describeChange(command, outcome), payload, request, lock)) {
      sound.add(revision);
      services.onCommit();
      return { revision, changed: true };
    }
  }
  return refuse('concurrent-change', `${place.apartment}/${place.environment} changes so fast that this change found no gap. Try again.`);
}

const sound = new WeakSet<Revision>();

/** Whether the revision is what its digest says; found out once for each that was read. */
function isSound(revision: Revision): boolean {
  if (sound.has(revision)) return true;
  const isIt = revisionDigest(revision) === revision.digest;
  if (isIt) sound.add(revision);
  return isIt;
}

/** What a revision changed, in a sentence. */
export const summaryOf = (revision: Revision): string => describeChange(revision.cause, revision.document);

/** The head, or the problem `not-found`. */
export async function requireHead(services: Services, place: Place): Promise<Revision> {
  return (await services.revisions.head(place)) ?? refuse('not-found', `There is no ${place.apartment}/${place.environment}.`);
}

import { type Context, decide, isProblem } from '#engine/domain/decide.ts';
import { liveRollouts } from '#engine/domain/rollout-state.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { ProblemError, refuse } from '#schemas/problem.ts';
import type { DeployedRelease } from '#schemas/release.ts';
import type { Revision } from '#schemas/revision.ts';
import type { RollBackPreview, RollBackRequest } from '#schemas/roll-back.ts';
import { hasEnded, isTakenBack } from '#schemas/rollout-reading.ts';
import { type Actor, change, requireHead, summaryOf } from './change.ts';
import type { Services } from './context.ts';
import { lockOf } from './deploy-lock.ts';
import { lastKnownGood } from './last-known-good.ts';

/**
 * Undoes: takes live rollouts back if there are any, else returns to the units before the latest change of units, or to
 * those of a named revision, or to the last ones known to be good; and, unless it is about one building, to the release
 * of then. Always as a new revision; nothing is checked but that the units are known. What was undone
 * already is not undone again: going back further takes a named revision. A deploy that has not moved anything yet is stopped,
 * which is told even where there is nothing else to undo.
 */
export async function rollBack(services: Services, place: Place, request: RollBackRequest, actor: Actor): Promise<Revision> {
  try {
    return await restore(services, place, request, actor);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'nothing-to-restore') throw error;
    // What is being deployed is not there yet, and whoever rolls back does not want it to come.
    const lock = await lockOf(services, place);
    if (!lock || !(await services.locks.release(place))) throw error;
    const detail = `What ${lock.holder} was doing (${lock.purpose}) was stopped and moves nothing any more. Beside that there was nothing to undo: ${error.message}`;
    return refuse('nothing-to-restore', detail);
  }
}

/** What {@link rollBack} would do now, or its refusal; nothing is changed, and no deploy is stopped. */
export async function previewRollBack(services: Services, place: Place, request: RollBackRequest): Promise<RollBackPreview> {
  const head = await requireHead(services, place);
  const { units, from_revision, rollouts = [], release } = await commandFor(services, place, head, request, 'nobody');
  const { document } = head;
  return {
    revision: head.number,
    from_revision,
    units: Object.entries(units).map(([building, { id }]) => ({ building, from: document.buildings[building]!.active_unit, to: id })),
    rollouts,
    ...(release === undefined ? {} : { release: release?.version ?? null }),
  };
}

async function restore(services: Services, place: Place, request: RollBackRequest, actor: Actor): Promise<Revision> {
  const { revision } = await change(services, place, actor, async (head): Promise<CommandOf<'restore-units'>> => {
    if (!head) return refuse('not-found', `There is no ${place.apartment}/${place.environment}.`);
    return commandFor(services, place, head, request, actor.name);
  });
  return revision;
}

/** What the request comes to at this head; refused where there is nothing to undo. */
async function commandFor(
  services: Services,
  place: Place,
  head: Revision,
  request: RollBackRequest,
  actor: string,
): Promise<CommandOf<'restore-units'>> {
  const buildings = inScope(head.document, request.building);
  const source = await sourceOf(services, place, head, buildings, request);
  const touched = buildings.filter((building) => isMoving(head.document, building) || differs(source.document, head.document, building));
  const release = request.building === undefined ? releaseToRestore(source.document, head.document) : undefined;
  if (touched.length === 0 && release === undefined)
    refuse('nothing-to-restore', `The units of revision ${source.number} are what visitors get already.`);
  const command: CommandOf<'restore-units'> = {
    type: 'restore-units',
    units: unitsToRestore(source.document, head.document, touched),
    from_revision: source.number,
    ...(release === undefined ? {} : { release }),
    ...(request.reason ? { reason: request.reason } : {}),
  };
  return { ...command, rollouts: takenBackBy(command, head, { ...place, actor, now: services.now() }) };
}

/** The rollouts that the command ends: those of its buildings, and those that go with what they came after. */
function takenBackBy(command: CommandOf<'restore-units'>, { document }: Revision, context: Context): string[] {
  const outcome = decide(document, command, context);
  if (isProblem(outcome)) return [];
  return Object.values(document.rollouts).flatMap((rollout) => {
    const after = outcome.rollouts[rollout.id];
    return !hasEnded(rollout) && (after === undefined || hasEnded(after)) ? [rollout.id] : [];
  });
}

function inScope(document: Document, building: string | undefined): string[] {
  if (building === undefined) return Object.keys(document.buildings);
  if (Object.hasOwn(document.buildings, building)) return [building];
  return refuse('not-found', `There is no building ${building} in ${document.apartment}/${document.environment}.`);
}

const isMoving = (document: Document, building: string): boolean =>
  liveRollouts(document).some((rollout) => Object.hasOwn(rollout.targets, building));

/** The revision to take the units from. */
async function sourceOf(
  services: Services,
  place: Place,
  head: Revision,
  buildings: string[],
  { to_revision: toRevision, to_last_known_good: toGood, building: only }: RollBackRequest,
): Promise<Revision> {
  const isWhole = only === undefined;
  if (toGood) {
    return (
      (await lastKnownGood(services, place, head, buildings)) ?? refuse('nothing-to-restore', 'No earlier units are known to be good.')
    );
  }
  if (toRevision !== undefined) {
    return (
      (await services.revisions.at(place, toRevision)) ??
      refuse('not-found', `There is no revision ${toRevision} of ${place.apartment}/${place.environment}.`)
    );
  }
  if (buildings.some((building) => isMoving(head.document, building))) return head;
  for (let revision = head; revision.number > 1;) {
    const before = await services.revisions.before(place, revision.number);
    if (!before) break;
    if (isUndoing(before, revision, buildings, isWhole)) {
      // Whoever asks twice, or after the engine did it by itself, does not mean the good change before.
      const detail = `Revision ${revision.number} was an undo already (${summaryOf(revision)}) ${await furtherBack(services, place, before, revision, head, buildings)}`;
      return refuse('nothing-to-restore', detail);
    }
    if (buildings.some((building) => differs(before.document, head.document, building))) return before;
    if (isWhole && releaseToRestore(before.document, head.document) !== undefined) return before;
    revision = before;
  }
  return refuse('nothing-to-restore', 'No rollout is under way, and no earlier revision had other units.');
}

/** How far back is looked for what somebody may mean who undoes what was undone. */
const FURTHER = 200;

/** What there is to go back to before an undo, in words. */
async function furtherBack(
  services: Services,
  place: Place,
  before: Revision,
  { cause }: Revision,
  head: Revision,
  buildings: string[],
): Promise<string> {
  const isRestored = cause.type === 'restore-units' || cause.type === 'restore-document';
  let next = isRestored ? ((await services.revisions.at(place, cause.from_revision)) ?? before) : before;
  for (let looked = 0; looked < FURTHER; looked++) {
    const earlier = await services.revisions.before(place, next.number);
    if (!earlier) break;
    if (buildings.some((building) => differs(earlier.document, head.document, building)))
      return `The units of before it came with revision ${next.number} (${summaryOf(next)}): "concierge rollback --to-revision ${earlier.number}" undoes that too.`;
    next = earlier;
  }
  return 'To go further back, name a revision of the history.';
}

/** Whether the revision took something back that visitors of these buildings were given before it. */
function isUndoing(before: Revision, revision: Revision, buildings: string[], isWhole: boolean): boolean {
  const { cause, document } = revision;
  if (isWhole && (cause.type === 'restore-units' || cause.type === 'restore-document') && cause.release !== undefined) {
    if (before.document.release?.digest !== document.release?.digest) return true;
  }
  if (cause.type === 'restore-units') return buildings.some((building) => Object.hasOwn(cause.units, building));
  if (cause.type === 'restore-document') return buildings.some((building) => Object.hasOwn(cause.buildings, building));
  return liveRollouts(before.document).some((rollout) => {
    const after = document.rollouts[rollout.id];
    return after !== undefined && isTakenBack(after) && buildings.some((building) => Object.hasOwn(rollout.targets, building));
  });
}

/** The release that was deployed then, null for none; undefined where it is the same now. */
function releaseToRestore(then: Document, now: Document): DeployedRelease | null | undefined {
  return then.release?.digest === now.release?.digest ? undefined : (then.release ?? null);
}

/** A building that did not exist yet has nothing to go back to. */
function differs(before: Document, now: Document, building: string): boolean {
  const earlier = Object.hasOwn(before.buildings, building) ? before.buildings[building] : undefined;
  return earlier !== undefined && earlier.active_unit !== now.buildings[building]!.active_unit;
}

/** The units of `then`; a building that did not exist then keeps its stable one, and loses what is being rolled out. */
function unitsToRestore(then: Document, now: Document, buildings: string[]): CommandOf<'restore-units'>['units'] {
  return Object.fromEntries(
    buildings.map((building) => {
      const source = Object.hasOwn(then.buildings, building) ? then : now;
      return [building, source.units[source.buildings[building]!.active_unit]!];
    }),
  );
}

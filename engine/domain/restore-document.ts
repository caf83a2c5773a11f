import type { CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import { isEqual } from './diff-documents.ts';
import { withRelease } from './release-state.ts';
import { end } from './rollout-moves.ts';
import { withNeededUnits } from './keep-document.ts';

type Restore = CommandOf<'restore-document'>;

/**
 * The document with everything that decides about visitors as it was then: units, segments, flags, groups, overrides and
 * the holdout. What is being rolled out now is taken back, and what was being rolled out then is not begun again, since its
 * time is over. A building that did not exist then stays as it is, and so do host routes: a preview lives as long as its units,
 * and shows them to nobody else.
 */
export function restoreDocument(document: Document, command: Restore, now: number): Document | Problem {
  const reason = command.reason ?? `Everything was restored as in revision ${command.from_revision}.`;
  const rollouts = Object.fromEntries(
    Object.entries(document.rollouts).map(([id, rollout]) => [id, isLive(rollout) ? end(rollout, 'rolled-back', now, reason) : rollout]),
  );
  const restored = Object.fromEntries(
    Object.entries(command.buildings).map(([name, { category, unit }]) => [name, { category, active_unit: unit.id }]),
  );
  const { segments, flags, groups, overrides, holdout, release } = command;
  const { groups: _, overrides: __, holdout: ___, ...rest } = release === undefined ? document : withRelease(document, release);
  const next: Document = {
    ...rest,
    buildings: { ...document.buildings, ...restored },
    rollouts,
    segments,
    flags,
    ...(document.groups || Object.keys(groups).length > 0 ? { groups } : {}),
    ...(document.overrides || Object.keys(overrides).length > 0 ? { overrides } : {}),
    ...(holdout ? { holdout } : {}),
  };
  const offered = [...Object.values(command.buildings).map(({ unit }) => unit), ...command.units];
  const outcome = withNeededUnits(next, offered);
  // After a loss there is a revision to be made even where nothing differs: its number says what is lost.
  if (command.lost === undefined && isSame(outcome, document)) {
    return problem('nothing-to-restore', `All is as it was in revision ${command.from_revision} already.`);
  }
  return outcome;
}

/** The command that brings back what `then`, the document of revision `from`, says. */
export function restoreCommand(then: Document, from: number, more: Pick<Restore, 'lost' | 'reason'> = {}): Restore {
  const { segments, flags, groups = {}, overrides = {}, holdout } = then;
  return {
    type: 'restore-document',
    from_revision: from,
    buildings: Object.fromEntries(
      Object.entries(then.buildings).map(([name, { category, active_unit }]) => [name, { category, unit: then.units[active_unit]! }]),
    ),
    segments,
    flags,
    groups,
    overrides,
    ...(holdout ? { holdout } : {}),
    release: then.release ?? null,
    units: [...new Set(Object.values(overrides).flatMap(({ units }) => Object.values(units)))].map((id) => then.units[id]!),
    ...(more.lost ? { lost: more.lost } : {}),
    ...(more.reason ? { reason: more.reason } : {}),
  };
}

const PARTS = ['buildings', 'rollouts', 'segments', 'flags', 'groups', 'overrides', 'holdout', 'release'] as const;

const isSame = (a: Document, b: Document): boolean => PARTS.every((part) => isEqual(a[part], b[part]));

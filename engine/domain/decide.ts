import type { Command, CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { type Fault, type Problem, problem } from '#schemas/problem.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import { removeHostRoutes, setHostRoute } from './host-routes.ts';
import { takeDependentsBack } from './dependents.ts';
import { withNeededUnits, withRollout } from './keep-document.ts';
import { moveUnits } from './move-units.ts';
import { withRelease } from './release-state.ts';
import { type Circumstances, type RolloutCommand, transition } from './rollout-machine.ts';
import { end } from './rollout-moves.ts';
import { noSuchRollout } from './rollout-state.ts';
import { restoreDocument } from './restore-document.ts';
import { withPeriods } from './shares.ts';
import { startRollout } from './start-rollout.ts';

export type Context = Circumstances & { apartment: string; environment: string };

/** A refusal, told from a document by its `code`. */
export const isProblem = (outcome: Document | Problem): outcome is Problem => 'code' in outcome;

/**
 * The document after the command, or why not. Pure: the same arguments always give the same answer. The very same document
 * object comes back when the command changes nothing; such a decision needs no revision. `document` is null before `create`.
 */
export function decide(document: Document | null, command: Command, context: Context): Document | Problem {
  const outcome = decideChange(document, command, context);
  if (isProblem(outcome) || outcome === document || !document) return outcome;
  const after = takeDependentsBack(outcome, document, command, context.now);
  return withPeriods(after === outcome ? outcome : withNeededUnits(after, []), document, context.now);
}

function decideChange(document: Document | null, command: Command, context: Context): Document | Problem {
  const where = `${context.apartment}/${context.environment}`;
  if (command.type === 'create') {
    return document ? problem('already-exists', `${where} exists already.`) : emptyDocument(context);
  }
  if (!document) return problem('not-found', `There is no ${where}.`);
  switch (command.type) {
    case 'add-building':
      return addBuilding(document, command);
    case 'set-segment':
      return withNamed(document, 'segments', command.name, command.segment);
    case 'set-flag':
      return withNamed(document, 'flags', command.name, command.flag);
    case 'set-group':
      return withNamed(document, 'groups', command.name, command.group);
    case 'set-override': {
      const next = withNamed(document, 'overrides', command.name, command.override);
      return next === document ? document : withNeededUnits(next, command.units);
    }
    case 'remove-override':
      return removeOverride(document, command.name);
    case 'set-host-route':
      return setHostRoute(document, command);
    case 'remove-host-routes':
      return removeHostRoutes(document, command);
    case 'set-holdout':
      return setHoldout(document, command);
    case 'set-policy':
      return JSON.stringify(document.policy) === JSON.stringify(command.policy) ? document : { ...document, policy: command.policy };
    case 'start-rollout': {
      const rollout = startRollout(document, command, context.now, context.actor);
      const offered = [command.targets, ...Object.values(command.variants ?? {})].flatMap((units) => Object.values(units));
      return 'code' in rollout ? rollout : withRollout(document, rollout, offered);
    }
    case 'move-units':
      return moveUnits(document, command, context.now);
    case 'restore-units':
      return restoreUnits(document, command, context.now);
    case 'restore-document':
      return restoreDocument(document, command, context.now);
    default:
      return moveRollout(document, command, context);
  }
}

function emptyDocument({ apartment, environment }: Context): Document {
  return { format: 1, apartment, environment, buildings: {}, units: {}, rollouts: {}, segments: {}, flags: {} };
}

function addBuilding(document: Document, { building, category, unit }: CommandOf<'add-building'>): Document | Problem {
  if (Object.hasOwn(document.buildings, building)) {
    return problem('already-exists', `Building ${building} exists already. Start a rollout to change its unit.`);
  }
  const buildings = { ...document.buildings, [building]: { category, active_unit: unit.id } };
  return withNeededUnits({ ...document, buildings }, [unit]);
}

/** The document with the thing under its name; the very same document when it says that already. */
function withNamed<Kind extends 'segments' | 'flags' | 'groups' | 'overrides'>(
  document: Document,
  kind: Kind,
  name: string,
  thing: NonNullable<Document[Kind]>[string],
): Document {
  const things: Record<string, unknown> = document[kind] ?? {};
  if (Object.hasOwn(things, name) && JSON.stringify(things[name]) === JSON.stringify(thing)) return document;
  return { ...document, [kind]: { ...things, [name]: thing } };
}

function removeOverride(document: Document, name: string): Document | Problem {
  const { [name]: removed, ...overrides } = document.overrides ?? {};
  if (!removed) return problem('not-found', `There is no override ${name} in ${document.apartment}/${document.environment}.`);
  return withNeededUnits({ ...document, overrides }, []);
}

/** A holdout keeps its salt, and with it its visitors, whatever its percentage. */
function setHoldout(document: Document, { percentage, salt }: CommandOf<'set-holdout'>): Document {
  if (document.holdout?.percentage === percentage) return document;
  return { ...document, holdout: { percentage, salt: document.holdout?.salt ?? salt } };
}

function moveRollout(document: Document, command: RolloutCommand, context: Context): Document | Problem {
  const rollout = Object.hasOwn(document.rollouts, command.rollout) ? document.rollouts[command.rollout] : undefined;
  if (!rollout) return noSuchRollout(document, command.rollout);
  const next = transition(document, rollout, command, context);
  if ('code' in next) return next;
  return next === rollout ? document : withRollout(document, next);
}

function restoreUnits(document: Document, command: CommandOf<'restore-units'>, now: number): Document | Problem {
  const units = Object.entries(command.units);
  const faults = units.flatMap(([building]): Fault[] =>
    Object.hasOwn(document.buildings, building) ? [] : [{ path: '/building', message: `there is no building ${building}` }],
  );
  if (faults.length > 0) return problem('unprocessable', 'The units cannot be restored.', faults);
  const reason = command.reason ?? `Rolled back to the units of revision ${command.from_revision}.`;
  let next = document;
  for (const rollout of Object.values(document.rollouts)) {
    if (isLive(rollout) && units.some(([building]) => Object.hasOwn(rollout.targets, building))) {
      next = withRollout(next, end(rollout, 'rolled-back', now, reason));
    }
  }
  const changed = units.filter(([building, unit]) => document.buildings[building]!.active_unit !== unit.id);
  if (command.release !== undefined) next = withRelease(next, command.release);
  if (changed.length === 0 && next === document) {
    return problem('nothing-to-restore', `The units of revision ${command.from_revision} are what visitors get already.`);
  }
  const buildings = { ...next.buildings };
  for (const [building, unit] of changed) buildings[building] = { ...buildings[building]!, active_unit: unit.id };
  return withNeededUnits({ ...next, buildings }, Object.values(command.units));
}

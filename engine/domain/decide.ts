import type { Command, CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { FINISHED_ROLLOUTS_KEPT } from '#schemas/limits.ts';
import { type Fault, type Problem, problem } from '#schemas/problem.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Unit } from '#schemas/unit.ts';
import { type RolloutCommand, end, transition } from './rollout-machine.ts';
import { neighboursOf } from './place-in-layer.ts';
import { isLive } from './rollout-state.ts';
import { restoreDocument } from './restore-document.ts';
import { withPeriods } from './shares.ts';
import { startRollout } from './start-rollout.ts';
import { withNeededUnits } from './with-needed-units.ts';

export type Context = {
  apartment: string;
  environment: string;
  actor: string;
  /** Epoch ms. */
  now: number;
};

/** A refusal, told from a document by its `code`. */
export const isProblem = (outcome: Document | Problem): outcome is Problem => 'code' in outcome;

/**
 * The document after the command, or why not. Pure: the same arguments always give the same answer. The very same document
 * object comes back when the command changes nothing; such a decision needs no revision. `document` is null before `create`.
 */
export function decide(document: Document | null, command: Command, context: Context): Document | Problem {
  const outcome = decideChange(document, command, context);
  return isProblem(outcome) || outcome === document ? outcome : withPeriods(outcome, document, context.now);
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
    case 'set-holdout':
      return setHoldout(document, command);

    case 'start-rollout': {
      const rollout = startRollout(document, command, context.now, context.actor);
      return 'code' in rollout ? rollout : withRollout(document, rollout, Object.values(command.targets));
    }
    case 'restore-units':
      return restoreUnits(document, command, context.now);
    case 'restore-document':
      return restoreDocument(document, command, context.now);
    default:
      return moveRollout(document, command, context.now);
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

function moveRollout(document: Document, command: RolloutCommand, now: number): Document | Problem {
  const rollout = Object.hasOwn(document.rollouts, command.rollout) ? document.rollouts[command.rollout] : undefined;
  if (!rollout) return problem('not-found', `There is no rollout ${command.rollout} in ${document.apartment}/${document.environment}.`);
  if (command.type === 're-salt-rollout') {
    const others = neighboursOf(document, rollout);
    if (others.length > 0) {
      const detail = `Rollout ${rollout.id} shares its layer with ${others.map(({ id }) => id).join(', ')}, whose visitors would change sides too.`;
      return problem('rollout-overlaps', detail);
    }
  }
  const next = transition(rollout, command, now);
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
  if (changed.length === 0 && next === document) {
    return problem('nothing-to-restore', `The units of revision ${command.from_revision} are what visitors get already.`);
  }
  const buildings = { ...next.buildings };
  for (const [building, unit] of changed) buildings[building] = { ...buildings[building]!, active_unit: unit.id };
  return withNeededUnits({ ...next, buildings }, Object.values(command.units));
}

/** Puts the rollout in place; one that completed hands its buildings over. */
function withRollout(document: Document, rollout: Rollout, newUnits: Unit[] = []): Document {
  const buildings = { ...document.buildings };
  if (rollout.state === 'completed') {
    for (const [building, { to }] of Object.entries(rollout.targets)) buildings[building] = { ...buildings[building]!, active_unit: to };
  }
  const rollouts = forgetOldest({ ...document.rollouts, [rollout.id]: rollout });
  return withNeededUnits({ ...document, buildings, rollouts }, newUnits);
}

/** Keeps every live rollout and the newest finished ones; the chain has the rest. */
function forgetOldest(rollouts: Record<string, Rollout>): Record<string, Rollout> {
  const finished = Object.values(rollouts)
    .filter((rollout) => !isLive(rollout))
    .toSorted((a, b) => (b.ended_at ?? 0) - (a.ended_at ?? 0));
  const forgotten = new Set(finished.slice(FINISHED_ROLLOUTS_KEPT).map((rollout) => rollout.id));
  return forgotten.size === 0 ? rollouts : Object.fromEntries(Object.entries(rollouts).filter(([id]) => !forgotten.has(id)));
}

import { counted } from '#schemas/counted.ts';
import type { Document } from '#schemas/document.ts';
import type { DocumentChange } from '#schemas/history.ts';
import { diffRollout, movesOf } from './diff-rollouts.ts';

type Change = DocumentChange;

/**
 * What differs from one document to another, in the product's words. Empty only where the documents are equal. `before` is
 * null where there was nothing yet.
 */
export function diffDocuments(before: Document | null, after: Document): Change[] {
  return [
    ...diffRecords(before?.buildings, after.buildings, (name) => diffBuilding(before, after, name)),
    ...diffRecords(before?.rollouts, after.rollouts, (id) => diffRollout(before?.rollouts[id], after.rollouts[id])),
    ...diffNamed('segment', before?.segments, after.segments),
    ...diffNamed('flag', before?.flags, after.flags, flagWords),
    ...diffNamed('group', before?.groups, after.groups, (group) => counted(group.length, 'value')),
    ...diffNamed('override', before?.overrides, after.overrides, ({ units }) => Object.values(units).join(', ')),
    ...diffNamed('host-route', before?.host_routes, after.host_routes, ({ units }) => Object.values(units).join(', ')),
    ...diffHoldout(before?.holdout, after.holdout),
    ...diffPolicy(before?.policy, after.policy),
    ...diffRelease(before?.release, after.release),
    ...diffRecords(before?.units, after.units, (id) => diffUnit(before?.units[id], after.units[id], id)),
  ];
}

type Records<Thing> = Record<string, Thing> | undefined;

/** Asks for each name of either side whose thing is not the same on both. */
function diffRecords<Thing>(before: Records<Thing>, after: Records<Thing>, diff: (name: string) => Change[]): Change[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names].filter((name) => !isEqual(own(before, name), own(after, name))).flatMap(diff);
}

const own = <Thing>(things: Records<Thing>, name: string): Thing | undefined =>
  things !== undefined && Object.hasOwn(things, name) ? things[name] : undefined;

/** Whether two values say the same in JSON, whatever the order of their names. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const names = Object.keys(left).filter((name) => left[name] !== undefined);
  return (
    names.length === Object.keys(right).filter((name) => right[name] !== undefined).length &&
    names.every((name) => Object.hasOwn(right, name) && isEqual(left[name], right[name]))
  );
}

/** "header 2.0.0 → 2.1.0 for everyone" */
function diffBuilding(before: Document | null, after: Document, name: string): Change[] {
  const was = own(before?.buildings, name);
  const is = own(after.buildings, name);
  const change = (text: string): Change[] => [{ kind: 'building', name, text, before: was ?? null, after: is ?? null }];
  if (!is) return change(`${name} removed; it showed ${was!.active_unit}`);
  if (!was) return change(`${name} added with ${is.active_unit}`);
  if (was.active_unit !== is.active_unit) {
    return change(`${movesOf({ [name]: { from: was.active_unit, to: is.active_unit } })} for everyone`);
  }
  return change(`${name} moved from ${was.category} to ${is.category}`);
}

function diffNamed<Thing>(
  kind: 'segment' | 'flag' | 'group' | 'override' | 'host-route',
  before: Records<Thing>,
  after: Records<Thing>,
  words?: (thing: Thing) => string,
): Change[] {
  return diffRecords(before, after, (name) => {
    const was = own(before, name);
    const is = own(after, name);
    const verb = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    const said = [was, is].map((thing) => (thing === undefined || words === undefined ? '' : words(thing)));
    const detail = verb === 'changed' && said[0] !== said[1] ? said.join(' → ') : (said[1] ?? '');
    const text = `${kind === 'host-route' ? 'host' : kind} ${name} ${verb}${detail === '' ? '' : `: ${detail}`}`;
    return [{ kind, name, text, before: was ?? null, after: is ?? null }];
  });
}

function flagWords({ enabled, percentage = 100, segments = [] }: Document['flags'][string]): string {
  if (!enabled) return 'off';
  const whom = segments.length > 0 ? ` in segment ${segments.join(' or ')}` : '';
  return percentage === 100 && whom === '' ? 'on' : `on for ${percentage} % of visitors${whom}`;
}

function diffHoldout(was: Document['holdout'], is: Document['holdout']): Change[] {
  if (isEqual(was, is)) return [];
  const share = (holdout: Document['holdout']): number => holdout?.percentage ?? 0;
  const text =
    share(was) === share(is)
      ? `holdout of ${share(is)} % drawn anew`
      : `holdout ${share(was)} % → ${share(is)} % of visitors kept out of every rollout`;
  return [{ kind: 'holdout', name: '', text, before: was ?? null, after: is ?? null }];
}

function diffPolicy(was: Document['policy'], is: Document['policy']): Change[] {
  if (isEqual(was, is)) return [];
  const verb = was === undefined ? 'set' : is === undefined ? 'removed' : 'changed';
  return [{ kind: 'policy', name: '', text: `policy for rollouts ${verb}`, before: was ?? null, after: is ?? null }];
}

function diffRelease(was: Document['release'], is: Document['release']): Change[] {
  if (isEqual(was, is)) return [];
  const version = (release: Document['release']): string => release?.version ?? 'none';
  const data = was?.dataset === is?.dataset ? '' : `, with the dataset ${is?.dataset ?? 'none'} (was ${was?.dataset ?? 'none'})`;
  return [{ kind: 'release', name: '', text: `release ${version(was)} → ${version(is)}${data}`, before: was ?? null, after: is ?? null }];
}

/** Units come and go with what refers to them; only one that says something else under the same id is told. */
function diffUnit(was: Document['units'][string] | undefined, is: Document['units'][string] | undefined, id: string): Change[] {
  if (!was || !is) return [];
  return [{ kind: 'unit', name: id, text: `${id} says something else: a published unit never does`, before: was, after: is }];
}

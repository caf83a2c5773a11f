import { isPlainObject } from '#schemas/condition.ts';
import type { Override, Segment } from '#schemas/document.ts';
import type { RolloutCriteria } from '#schemas/rollout.ts';

/**
 * What certainly holds of an attribute of everybody in an audience. `scalar`: it is one of these texts. `text`: its text is one of
 * these, as of a list of one. `member`: it is one of these, or a list with one of these in it.
 */
type Certainty = { path: string; kind: 'scalar' | 'text' | 'member'; values: ReadonlySet<string> };

/** All that is certain of the visitors who pass some criteria. Nothing need be: then anybody may be among them. */
export type Audience = readonly Certainty[];

type Segments = Readonly<Record<string, Segment>>;

/** The visitors who can be given a rollout's arms. Flags are left out: one that is off today may be on tomorrow. */
export function audienceOfCriteria(criteria: RolloutCriteria, segments: Segments): Audience {
  const { geo_regions: countries, user_segments: names, custom_rules: rules } = criteria;
  return [
    ...(countries.length > 0 ? [{ path: 'country', kind: 'scalar' as const, values: new Set<string>(countries) }] : []),
    ...inAny(names, segments),
    ...rules.flatMap((rule) => certaintiesOf(rule)),
  ];
}

/** The visitors of an override; null: nobody can be under it. */
export function audienceOfOverride({ visitors, segments: names, preview_digest: preview }: Override, segments: Segments): Audience | null {
  if (preview !== undefined) return [];
  if (names.length > 0) return visitors.length > 0 ? [] : inAny(names, segments);
  return visitors.length > 0 ? [{ path: 'key', kind: 'scalar', values: new Set(visitors) }] : null;
}

/** Whether certainly no visitor is in both. */
export const areApart = (a: Audience, b: Audience): boolean => a.some((one) => b.some((other) => excludes(one, other)));

function excludes(a: Certainty, b: Certainty): boolean {
  if (a.path !== b.path) return false;
  const kinds = [a.kind, b.kind];
  const isProvable = kinds.includes('scalar') || kinds.every((kind) => kind === 'text');
  return isProvable && ![...a.values].some((value) => b.values.has(value));
}

/** Of visitors in any of the segments only that is certain which each of them says of the same attribute. */
function inAny(names: readonly string[], segments: Segments): Certainty[] {
  if (!names.every((name) => Object.hasOwn(segments, name))) return [];
  const [first = [], ...others] = names.map((name) => certaintiesOf(segments[name]!.condition));
  return first.flatMap((one): Certainty[] => {
    const same = others.map((certainties) => certainties.find(({ path, kind }) => path === one.path && kind === one.kind));
    if (!same.every((other) => other !== undefined)) return [];
    return [{ ...one, values: new Set([one, ...same].flatMap(({ values }) => [...values])) }];
  });
}

/** What a condition says with constants, $eq, $in and $and; all else is taken for possible. */
function certaintiesOf(condition: unknown): Certainty[] {
  if (!isPlainObject(condition)) return [];
  return Object.entries(condition).flatMap(([name, wanted]): Certainty[] => {
    if (name === '$and') return Array.isArray(wanted) ? wanted.flatMap(certaintiesOf) : [];
    return name.startsWith('$') ? [] : ofValue(name, wanted);
  });
}

function ofValue(path: string, wanted: unknown): Certainty[] {
  if (typeof wanted === 'string') return [{ path, kind: path === 'key' ? 'scalar' : 'text', values: new Set([wanted]) }];
  if (!isPlainObject(wanted) || !Object.keys(wanted).every((name) => name.startsWith('$'))) return [];
  const { $eq: equal, $in: list } = wanted;
  const found: Certainty[] = [];
  if (typeof equal === 'string') found.push({ path, kind: 'scalar', values: new Set([equal]) });
  if (Array.isArray(list) && list.every((item) => typeof item === 'string')) {
    found.push({ path, kind: path === 'key' ? 'scalar' : 'member', values: new Set(list) });
  }
  return found;
}

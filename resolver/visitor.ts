import { own, readerOf } from './condition/values.ts';

/** Whoever asks: a stable id, and what the edge vouches for. */
export type Visitor = {
  key: string;
  /** Country, plan, groups, …: JSON. Only own properties count. */
  attributes: Readonly<Record<string, unknown>>;
  /** The id of this session, for rollouts that are bucketed by it. */
  session?: string;
  /** Arms that were given before and are kept: rollout and salt → arm. */
  sticky?: Readonly<Record<string, string>>;
  /** SHA-256 in hexadecimal of the preview code that the visitor came with. */
  preview?: string;
};

/** Reads a dotted path of the visitor's attributes; `key` is the id. Null where there is nothing. */
export function visitorReader(path: string): (visitor: Visitor) => unknown {
  if (path === 'key') return (visitor) => visitor.key;
  if (!path.includes('.')) return (visitor) => own(visitor.attributes, path);
  const read = readerOf(path);
  return (visitor) => read(visitor.attributes);
}

/** The text by which visitors are bucketed: their key, their session, or an attribute; undefined where they have none. */
export function bucketKeyReader(bucketBy: string): (visitor: Visitor) => string | undefined {
  if (bucketBy === 'visitor') return (visitor) => visitor.key;
  if (bucketBy === 'session') return (visitor) => visitor.session;
  const read = visitorReader(bucketBy);
  return (visitor) => {
    const value = read(visitor);
    if (typeof value === 'string') return value === '' ? undefined : value;
    return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
  };
}

import { readerOf, testAt } from './condition/values.ts';

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

/** A test of what the visitor has at a dotted path; `key` is the id. */
export function visitorTest(path: string, test: (value: unknown) => boolean): (visitor: Visitor) => boolean {
  if (path === 'key') return (visitor) => test(visitor.key);
  if (path.includes('.')) {
    const testAttributes = testAt(path, test);
    return (visitor) => testAttributes(visitor.attributes);
  }
  const ifMissing = test(null); // as testOwn does, one call nearer: this is where the hot path spends its time
  return ({ attributes }) => {
    const result = test(attributes[path] ?? null);
    return result === ifMissing || Object.hasOwn(attributes, path) ? result : ifMissing;
  };
}

/** The text by which visitors are bucketed: their key, their session, or an attribute; undefined where they have none. */
export function bucketKeyReader(bucketBy: string): (visitor: Visitor) => string | undefined {
  if (bucketBy === 'visitor') return (visitor) => visitor.key;
  if (bucketBy === 'session') return (visitor) => visitor.session;
  const read = readerOf(bucketBy);
  return (visitor) => {
    const value = read(visitor.attributes);
    if (typeof value === 'string') return value === '' ? undefined : value;
    return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
  };
}

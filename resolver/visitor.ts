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
  /** The host where the visitor asks; needed only of those who ask where a host route is. */
  host?: string;
};

type ValueTest = (value: unknown) => boolean;
type VisitorTest = (visitor: Visitor) => boolean;
type Attributes = Visitor['attributes'];

/** What attributes inherit from: nothing there under a name, so what was read is their own. */
const BARE = Object.prototype as Attributes;

/**
 * Makers of tests of an own attribute, all the same: engines remember, for each place in the code that reads a property,
 * where objects had it, and a place that reads many names forgets. So names take turns at eight places. The attribute is
 * read before it is known to be own: whose it is matters only if it decides otherwise than nothing would. `__proto__` is
 * ten times faster than Object.getPrototypeOf; where it says anything else (none, or an own property), hasOwn decides.
 */
const PLACES: ((name: string, test: ValueTest, ifMissing: boolean) => VisitorTest)[] = [
  (name, test, ifMissing) =>
    ({ attributes: own }) => {
      const result = test(own[name] ?? null);
      return result === ifMissing || (own['__proto__'] === BARE && BARE[name] === undefined) || Object.hasOwn(own, name)
        ? result
        : ifMissing;
    },
  (name, test, ifMissing) =>
    ({ attributes: own }) => {
      const result = test(own[name] ?? null);
      return result === ifMissing || (own['__proto__'] === BARE && BARE[name] === undefined) || Object.hasOwn(own, name)
        ? result
        : ifMissing;
    },
  (name, test, ifMissing) =>
    ({ attributes: own }) => {
      const result = test(own[name] ?? null);
      return result === ifMissing || (own['__proto__'] === BARE && BARE[name] === undefined) || Object.hasOwn(own, name)
        ? result
        : ifMissing;
    },
  (name, test, ifMissing) =>
    ({ attributes: own }) => {
      const result = test(own[name] ?? null);
      return result === ifMissing || (own['__proto__'] === BARE && BARE[name] === undefined) || Object.hasOwn(own, name)
        ? result
        : ifMissing;
    },
  (name, test, ifMissing) =>
    ({ attributes: own }) => {
      const result = test(own[name] ?? null);
      return result === ifMissing || (own['__proto__'] === BARE && BARE[name] === undefined) || Object.hasOwn(own, name)
        ? result
        : ifMissing;
    },
  (name, test, ifMissing) =>
    ({ attributes: own }) => {
      const result = test(own[name] ?? null);
      return result === ifMissing || (own['__proto__'] === BARE && BARE[name] === undefined) || Object.hasOwn(own, name)
        ? result
        : ifMissing;
    },
  (name, test, ifMissing) =>
    ({ attributes: own }) => {
      const result = test(own[name] ?? null);
      return result === ifMissing || (own['__proto__'] === BARE && BARE[name] === undefined) || Object.hasOwn(own, name)
        ? result
        : ifMissing;
    },
  (name, test, ifMissing) =>
    ({ attributes: own }) => {
      const result = test(own[name] ?? null);
      return result === ifMissing || (own['__proto__'] === BARE && BARE[name] === undefined) || Object.hasOwn(own, name)
        ? result
        : ifMissing;
    },
];

/** The place for a name, always the same one. */
const placeOf = (name: string): number => [...name].reduce((sum, one) => (sum * 31 + one.codePointAt(0)!) | 0, 0) & (PLACES.length - 1);

/** A test of what the visitor has at a dotted path, undefined counting as null; `key` is the id. */
export function visitorTest(path: string, test: ValueTest): VisitorTest {
  if (path === 'key') return (visitor) => test(visitor.key);
  if (!path.includes('.')) return PLACES[placeOf(path)]!(path, test, test(null));
  const testAttributes = testAt(path, test);
  return (visitor) => testAttributes(visitor.attributes);
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

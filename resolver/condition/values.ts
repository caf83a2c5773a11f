/**
 * How the condition language reads values. Attributes are JSON; whatever else turns up is no error, it just matches little.
 * Only own properties are ever seen, so nothing on a prototype reaches a decision.
 */

/** Deeper values compare as unequal: no attribute that a person writes conditions about is so deep. */
const MAX_VALUE_DEPTH = 64;

/** The text of a list tells no more items than this, those of lists in it included. */
const MAX_TEXT_ITEMS = 10_000;

/** The own property, or null where there is none: the language knows no difference between null and missing. */
export function own(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
  return (value as Record<string, unknown>)[name] ?? null;
}

/** Reads a dotted path; an item of a list is named by its index. */
export function readerOf(path: string): (value: unknown) => unknown {
  const parts = path.split('.');
  return (value) => {
    let current = value;
    for (const part of parts) {
      if (typeof current !== 'object' || current === null) return null;
      current = own(current, part);
    }
    return current;
  };
}

/** Whether a value is one of these. Few are compared one by one, which is faster than a set. */
export function oneOf(list: readonly unknown[]): (value: unknown) => boolean {
  const [a, b, c, d] = list;
  if (list.length === 1) return (value) => value === a;
  if (list.length === 2) return (value) => value === a || value === b;
  if (list.length === 3) return (value) => value === a || value === b || value === c;
  if (list.length === 4) return (value) => value === a || value === b || value === c || value === d;
  const members = new Set(list);
  return (value) => members.has(value);
}

/** A test of what stands at a dotted path. */
export function testAt(path: string, test: (value: unknown) => boolean): (value: unknown) => boolean {
  if (!path.includes('.')) return (value) => test(own(value, path));
  const read = readerOf(path);
  return (value) => test(read(value));
}

/** As `String(value)` has it for JSON, and for anything else without running any code of it. */
export function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? listText(value, 0, { left: MAX_TEXT_ITEMS }) : '[object Object]';
    case 'symbol':
    case 'function':
      return '';
    default:
      return String(value);
  }
}

function listText(list: readonly unknown[], depth: number, items: { left: number }): string {
  if (depth > MAX_VALUE_DEPTH) return '';
  const texts: string[] = [];
  for (const item of list) {
    if (items.left-- <= 0) break;
    if (Array.isArray(item)) texts.push(listText(item, depth + 1, items));
    else texts.push(item === null || item === undefined ? '' : textOf(item));
  }
  return texts.join(',');
}

/** As `value * 1` has it for JSON: null is 0, a list of one is that one, other objects are NaN. */
export function numberOf(value: unknown): number {
  if (typeof value === 'object' && value !== null) return Number(textOf(value));
  return typeof value === 'symbol' || typeof value === 'function' ? Number.NaN : Number(value);
}

/** What `<` compares: texts by their UTF-16 units, all else as numbers. NaN compares as false with everything. */
export function compare(a: unknown, b: unknown): -1 | 0 | 1 | undefined {
  const left = primitive(a);
  const right = primitive(b);
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  const x = numberOf(left);
  const y = numberOf(right);
  return x < y ? -1 : x > y ? 1 : x === y ? 0 : undefined;
}

const primitive = (value: unknown): unknown => (typeof value === 'object' && value !== null ? textOf(value) : value);

/** Whether two JSON values have the same text, and so the same order of keys. */
export function sameJson(a: unknown, b: unknown, depth = 0): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (depth > MAX_VALUE_DEPTH || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return (
    keys.length === others.length &&
    keys.every(
      (key, index) =>
        key === others[index] && sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], depth + 1),
    )
  );
}

export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

import { MAX_CONDITION_DEPTH, MAX_CONDITION_PATTERNS, MAX_CONDITION_SIZE, MAX_CONDITION_TEXT } from './limits.ts';
import { z } from './zod.ts';

/**
 * Which visitors: JSON in the MongoDB-style language of GrowthBook's SDKs, over a visitor's attributes
 * (`{"country": {"$in": ["KR"]}, "plan": "pro"}`); docs/conditions.md has the whole of it. Only shape and size are checked
 * here: an operator that a reader does not know is false, so that an edge may be older than its engine. What a condition
 * says is checked where it is written, by the resolver's compiler.
 */
export const Condition = z
  .unknown()
  .superRefine((value, context) => {
    if (!isPlainObject(value)) context.addIssue({ code: 'custom', message: 'a condition is a JSON object, such as {"country": "KR"}' });
    else for (const { path, message } of shapeFaults(value)) context.addIssue({ code: 'custom', path, message });
  })
  .transform((value) => value as Condition)
  .meta({
    description: 'A condition over attributes, in the MongoDB-style JSON of GrowthBook’s SDKs (docs/conditions.md).',
    type: 'object',
  });
export type Condition = Record<string, unknown>;

/** A JSON object: no list, and not null. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Path = readonly (string | number)[];
type ShapeFault = { path: (string | number)[]; message: string };

/** What makes JSON unfit for a condition, whatever it means. Walks without recursion, and stops at the limits. */
function shapeFaults(condition: Record<string, unknown>): ShapeFault[] {
  const faults: ShapeFault[] = [];
  const tell = (path: Path, message: string): void => void faults.push({ path: [...path], message });
  const waiting: { value: unknown; path: Path }[] = [{ value: condition, path: [] }];
  let size = 0;
  let patterns = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null) {
      const message = constantFault(value);
      if (message) tell(path, message);
      continue;
    }
    if (path.length >= MAX_CONDITION_DEPTH) return [{ path: [], message: `is nested more than ${MAX_CONDITION_DEPTH} levels deep` }];
    size += Array.isArray(value) ? value.length : Object.keys(value).length;
    if (size > MAX_CONDITION_SIZE) return [{ path: [], message: `has more than ${MAX_CONDITION_SIZE} values` }];
    for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
      const message = typeof key === 'string' ? nameFault(key) : undefined;
      if (key === '$regex' || key === '$regexi') patterns++;
      if (message) tell(path, message);
      else waiting.push({ value: (value as Record<string | number, unknown>)[key], path: [...path, key] });
    }
  }
  if (patterns > MAX_CONDITION_PATTERNS) tell([], `has more than ${MAX_CONDITION_PATTERNS} regular expressions`);
  return faults;
}

function nameFault(name: string): string | undefined {
  if (name.length > MAX_CONDITION_TEXT) return `has a name of more than ${MAX_CONDITION_TEXT} characters`;
  if (name === '__proto__') return '__proto__ cannot be a name';
  return name.isWellFormed() ? undefined : 'has a name with half a character (a lone surrogate)';
}

function constantFault(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      if (value.length > MAX_CONDITION_TEXT) return `is longer than ${MAX_CONDITION_TEXT} characters`;
      // Such a text has no canonical JSON (RFC 8785), so no revision that holds it has a digest.
      return value.isWellFormed() ? undefined : 'has half a character (a lone surrogate)';
    case 'number':
      return Number.isFinite(value) ? undefined : NO_JSON;
    default:
      return value === null || typeof value === 'boolean' ? undefined : NO_JSON;
  }
}

const NO_JSON = 'is nothing that JSON can say';

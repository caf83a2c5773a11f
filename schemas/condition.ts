import { MAX_CONDITION_DEPTH, MAX_CONDITION_SIZE, MAX_CONDITION_TEXT } from './limits.ts';
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

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type ShapeFault = { path: (string | number)[]; message: string };

/** What makes JSON unfit for a condition, whatever it means. Walks without recursion, and stops at the limits. */
function shapeFaults(condition: Record<string, unknown>): ShapeFault[] {
  const faults: ShapeFault[] = [];
  const waiting: { value: unknown; path: (string | number)[] }[] = [{ value: condition, path: [] }];
  for (let size = 0; waiting.length > 0; size++) {
    if (size > MAX_CONDITION_SIZE) return [{ path: [], message: `has more than ${MAX_CONDITION_SIZE} values` }];
    const { value, path } = waiting.pop()!;
    if (typeof value === 'object' && value !== null) {
      if (path.length >= MAX_CONDITION_DEPTH) return [{ path: [], message: `is nested more than ${MAX_CONDITION_DEPTH} levels deep` }];
      if (Object.keys(value).length > MAX_CONDITION_SIZE) return [{ path: [], message: `has more than ${MAX_CONDITION_SIZE} values` }];
      for (const key of Object.keys(value)) {
        const inside = [...path, Array.isArray(value) ? Number(key) : key];
        if (key.length > MAX_CONDITION_TEXT) faults.push({ path, message: `has a name of more than ${MAX_CONDITION_TEXT} characters` });
        else if (key === '__proto__') faults.push({ path, message: '__proto__ cannot be a name' });
        else waiting.push({ value: (value as Record<string, unknown>)[key], path: inside });
      }
    } else if (typeof value === 'string' && value.length > MAX_CONDITION_TEXT) {
      faults.push({ path, message: `is longer than ${MAX_CONDITION_TEXT} characters` });
    } else if (typeof value === 'number' ? !Number.isFinite(value) : value !== null && !['string', 'boolean'].includes(typeof value)) {
      faults.push({ path, message: 'is nothing that JSON can say' });
    }
  }
  return faults;
}

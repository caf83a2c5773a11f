import { escapePointer } from './json-pointer.ts';
import { jsonDepth } from './json-depth.ts';
import { MAX_JSON_DEPTH } from './limits.ts';
import { type Fault, ProblemError, problem } from './problem.ts';
import type { z } from './zod.ts';

/** Parses JSON that strangers sent. Throws {@link ProblemError} `invalid-json`; the nesting is checked before anything is built. */
export function parseJson(text: string, maxDepth: number = MAX_JSON_DEPTH): unknown {
  if (jsonDepth(text, maxDepth) > maxDepth) {
    throw new ProblemError(problem('invalid-json', `The JSON is nested more than ${maxDepth} levels deep.`));
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProblemError(problem('invalid-json', `The body is not JSON: ${(error as Error).message}`));
  }
  // Half of a character can be written as an escape only, has no form in UTF-8, and so none of which a digest can be made.
  if (/\\u[dD][89a-fA-F]/.test(text) && !isWellFormed(value)) {
    throw new ProblemError(problem('invalid-json', 'The JSON has half of a surrogate pair in a text, which is no character.'));
  }
  return value;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, member]) => key.isWellFormed() && isWellFormed(member));
}

/** Parses `value` with `schema`, or throws {@link ProblemError} `invalid-request` with every fault. */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown, what = 'The body'): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ProblemError(invalidRequest(result.error, what));
}

/** The problem that tells all that a schema found wrong. */
export function invalidRequest(error: z.core.$ZodError, what = 'The body'): ReturnType<typeof problem> {
  const errors = faultsOf(error.issues);
  const count = errors.length === 1 ? 'a fault' : `${errors.length} faults`;
  return problem('invalid-request', `${what} has ${count}.`, errors);
}

type Issue = z.core.$ZodIssue;

function faultsOf(issues: readonly Issue[], parent: readonly PropertyKey[] = []): Fault[] {
  return issues.flatMap((issue): Fault[] => {
    const path = [...parent, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: pointer([...path, key]), message: 'is not a known field' }));
    }
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      // Of the union's branches the one that got furthest says best what was meant.
      const closest = issue.errors.reduce((best, next) => (next.length > 0 && depthOf(next) > depthOf(best) ? next : best));
      if (closest.length > 0 && depthOf(closest) > 0) return faultsOf(closest, path);
    }
    if (issue.code === 'invalid_key') return faultsOf(issue.issues, path);
    return [{ path: pointer(path), message: issue.message }];
  });
}

/** A field that is not known lies within what has it. */
const depthOf = (issues: readonly Issue[]): number =>
  Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)));

const pointer = (path: readonly PropertyKey[]): string => path.map((part) => `/${escapePointer(String(part))}`).join('');

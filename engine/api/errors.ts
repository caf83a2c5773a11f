import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { isOutOfSpace } from '#engine/services/out-of-space.ts';
import { type Problem, ProblemError, problem } from '#schemas/problem.ts';

const OUT_OF_SPACE =
  "The engine's disk is full, so nothing was changed. Reading goes on, and visitors get what they got. Make room, and ask again.";

/** The one place where a refusal becomes an answer. */
export function respondWith(c: Context, value: Problem): Response {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
  if (value.status === 401) headers['www-authenticate'] = 'Bearer';
  return c.body(JSON.stringify(value), value.status as 400, headers);
}

/** The problem that an error means. What nobody foresaw is told to the log, not to the caller. */
export function toProblem(error: unknown, log: (error: unknown) => void): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof HTTPException) return problem('invalid-request', error.message);
  log(error);
  if (isOutOfSpace(error)) return problem('out-of-space', OUT_OF_SPACE);
  return problem('internal', "Concierge could not carry this out. The engine's log says more.");
}

import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { type Problem, ProblemError, problem } from '#schemas/problem.ts';

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
  return problem('internal', "Concierge could not carry this out. The engine's log says more.");
}

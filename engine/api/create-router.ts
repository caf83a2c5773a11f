import { OpenAPIHono } from '@hono/zod-openapi';
import { invalidRequest } from '#schemas/parse.ts';
import { ProblemError } from '#schemas/problem.ts';
import type { ApiEnv } from './environment.ts';

const SOURCES: Record<string, string> = { json: 'The body', param: 'The path', query: 'The query', header: 'A header' };

/** A router whose validation refuses with every fault. */
export const createRouter = () =>
  new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new ProblemError(invalidRequest(result.error, SOURCES[result.target]));
    },
  });

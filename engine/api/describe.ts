import { Name } from '#schemas/common.ts';
import { Problem } from '#schemas/problem.ts';
import { z } from '#schemas/zod.ts';

/** Pieces of route descriptions that recur. */

const param = (name: string, description: string) => Name.meta({ param: { name, in: 'path' }, description });

export const InApartment = z.object({ apartment: param('apartment', 'The apartment.') });
export const InEnvironment = InApartment.extend({ environment: param('environment', 'The environment.') });

const MEANINGS: Record<number, string> = {
  400: 'The request is not valid',
  401: 'No valid token',
  403: 'The token may not do this',
  404: 'Not found',
  409: 'It conflicts with what is there',
  412: 'It has changed since you looked (If-Match)',
  413: 'The body is too large',
  415: 'The body is not JSON',
  422: 'It cannot be carried out; every fault is named',
  423: 'Somebody is deploying to it',
};

const problemAnswer = (status: number) => ({
  description: MEANINGS[status] ?? 'Problem',
  content: { 'application/problem+json': { schema: Problem } },
});

/** The refusals of a route that reads. */
export const READ_PROBLEMS = { 400: problemAnswer(400), 401: problemAnswer(401), 403: problemAnswer(403), 404: problemAnswer(404) };

/** The refusals of a route that changes something. */
export const CHANGE_PROBLEMS = {
  ...READ_PROBLEMS,
  409: problemAnswer(409),
  412: problemAnswer(412),
  413: problemAnswer(413),
  415: problemAnswer(415),
  422: problemAnswer(422),
  423: problemAnswer(423),
};

export const json = <S extends z.ZodType>(schema: S, description: string) => ({ description, content: { 'application/json': { schema } } });

export const body = <S extends z.ZodType>(schema: S) => ({ required: true, content: { 'application/json': { schema } } });

/** Headers of a request that makes a revision. */
export const ChangeHeaders = z.object({
  'if-match': z
    .string()
    .optional()
    .meta({ description: 'The ETag of the environment that you saw; refused with 412 when it has changed.' }),
  'idempotency-key': z.string().optional().meta({
    description:
      'Names this request, so that it can be sent again when its answer was lost: it is carried out once. Kept for a day; another method, path or body under the same key is refused with 422 (`idempotency-key-reused`).',
  }),
});

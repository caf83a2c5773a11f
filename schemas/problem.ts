import { z } from './zod.ts';

export const Fault = z.strictObject({
  path: z.string().meta({ description: 'Where: a JSON Pointer (RFC 6901) into the body, or the name of a parameter. Empty: the whole.' }),
  message: z.string(),
});
export type Fault = z.infer<typeof Fault>;

/** RFC 9457. `code` is stable and meant for programs; `errors` names every fault, not only the first. */
export const Problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.string(),
    detail: z.string(),
    errors: z.array(Fault).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

/** Every refusal that Concierge knows, its HTTP status and its title. */
export const PROBLEMS = {
  'invalid-request': [400, 'The request is not valid'],
  'invalid-json': [400, 'The body is not valid JSON'],
  unauthenticated: [401, 'A valid token is needed'],
  'ticket-invalid': [401, 'The exposure ticket is not valid'],
  'ticket-expired': [401, 'The exposure ticket has expired'],
  'signature-invalid': [401, 'The signature is not valid'],
  forbidden: [403, 'The token may not do this'],
  'not-found': [404, 'There is no such thing'],
  'method-not-allowed': [405, 'This method is not allowed here'],
  'already-exists': [409, 'It exists already'],
  'unit-differs': [409, 'This version exists with other bytes'],
  'unit-expired': [409, 'This version has expired'],
  'unit-in-use': [409, 'Something points at this unit'],
  'release-differs': [409, 'This release exists with other content'],
  'nothing-to-move': [409, 'They are the same already'],
  'rollout-overlaps': [409, 'Another rollout moves this building'],
  'rollout-state': [409, 'The rollout is not in a state that allows this'],
  'rollout-limit': [409, 'As many rollouts as may be are under way'],
  frozen: [409, 'It is a freeze'],
  'nothing-to-restore': [409, 'There is nothing to go back to'],
  'already-counted': [409, 'This was counted already'],
  'stale-snapshot': [409, 'The edge has a newer revision'],
  'concurrent-change': [409, 'Somebody else changed it at the same time'],
  'precondition-failed': [412, 'It has changed since you looked'],
  'too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'This content type is not accepted'],
  unprocessable: [422, 'The request cannot be carried out'],
  'idempotency-key-reused': [422, 'This Idempotency-Key belongs to another request'],
  'not-loadable': [422, 'The unit cannot be loaded'],
  'digest-differs': [422, 'The bytes have another digest'],
  locked: [423, 'Somebody is deploying to it'],
  internal: [500, 'Something went wrong inside Concierge'],
  unavailable: [503, 'Concierge cannot answer right now'],
  'out-of-space': [507, 'There is no room left'],
} as const satisfies Record<string, readonly [number, string]>;
export type ProblemCode = keyof typeof PROBLEMS;

/** A refusal as a value; rooms return it or throw it inside {@link ProblemError}. */
export function problem(code: ProblemCode, detail: string, errors?: Fault[]): Problem {
  const [status, title] = PROBLEMS[code];
  return { type: `urn:concierge:problem:${code}`, title, status, code, detail, ...(errors && errors.length > 0 ? { errors } : {}) };
}

/** Carries a problem through code that has no other way to return it. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** Shorthand for `throw new ProblemError(problem(…))`. */
export function refuse(code: ProblemCode, detail: string, errors?: Fault[]): never {
  throw new ProblemError(problem(code, detail, errors));
}

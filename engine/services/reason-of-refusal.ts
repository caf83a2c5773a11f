import { ProblemError } from '#schemas/problem.ts';

const LONGEST = 500;

/** Why the engine could not do by itself what it meant to, for the rollout that it happened to. Whatever else went wrong is thrown. */
export function reasonOfRefusal(what: string, error: unknown): string {
  if (!(error instanceof ProblemError) || error.problem.code !== 'unprocessable') throw error;
  const { detail, errors = [] } = error.problem;
  return [what, detail, ...errors.map(({ message }) => `${message}.`)].join(' ').slice(0, LONGEST);
}

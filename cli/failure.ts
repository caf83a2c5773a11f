import type { Problem } from '#schemas/problem.ts';

/** Exit codes of the command line. */
export const EXIT = { refused: 1, usage: 2, unreachable: 3 } as const;

/** Ends the command with a message for people; `problem` is what the engine said, if it did. */
export class Failure extends Error {
  readonly exitCode: number;
  readonly problem: Problem | undefined;

  constructor(message: string, exitCode: number, problem?: Problem) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
    this.problem = problem;
  }
}

export const usage = (message: string): never => {
  throw new Failure(message, EXIT.usage);
};

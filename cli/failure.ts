import type { Problem, ProblemCode } from '#schemas/problem.ts';

/** Exit codes of the command line. */
export const EXIT = { refused: 1, usage: 2, unreachable: 3 } as const;

/** The engine's codes, and those of what goes wrong before or beside it. Stable, for programs. */
export type FailureCode =
  | ProblemCode
  | 'usage'
  | 'unreachable'
  | 'ambiguous'
  | 'not-an-engine'
  | 'not-loadable'
  | 'digest-differs'
  | 'empty-unit';

/** Ends the command with a message for people, and for programs with what the engine said, or `detail` and `code`. */
export class Failure extends Error {
  readonly exitCode: number;
  /** What the engine said, if it did. */
  readonly problem: Problem | undefined;
  readonly code: string;

  constructor(message: string, exitCode: number, cause: Problem | FailureCode) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
    this.problem = typeof cause === 'string' ? undefined : cause;
    this.code = typeof cause === 'string' ? cause : cause.code;
  }
}

/** The command was not given as it must be. */
export const usage = (message: string, code: FailureCode = 'usage'): never => {
  throw new Failure(message, EXIT.usage, code);
};

/** The command is understood, but cannot be done as things are. */
export const refused = (message: string, code: FailureCode): never => {
  throw new Failure(message, EXIT.refused, code);
};

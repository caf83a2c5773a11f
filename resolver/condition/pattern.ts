import { RE2JS } from 're2js';

/** A longer attribute matches no pattern. */
const MAX_INPUT = 2_000;

/** Instructions of a compiled pattern; the time for one match grows with these and the length of the input. */
const MAX_PROGRAM = 2_000;

export type Pattern = (text: string) => boolean;

/**
 * Compiles a regular expression in RE2's syntax, which has no look-around and no back-references and therefore always takes
 * linear time. Gives why not as a text.
 */
export function compilePattern(source: string, { ignoreCase }: { ignoreCase: boolean }): Pattern | string {
  try {
    const compiled = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    if (compiled.programSize() > MAX_PROGRAM) return 'the pattern is too large when its repetitions are written out';
    return (text) => text.length <= MAX_INPUT && compiled.test(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

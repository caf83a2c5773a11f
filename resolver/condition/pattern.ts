import { RE2JS } from 're2js';

/** A longer text matches no pattern. */
export const MAX_INPUT = 500;

/**
 * The most instructions of a compiled pattern, about one for each character once repetitions are written out. A match takes time
 * in proportion to these and the length of the text; with both limits even the worst pattern is done in milliseconds.
 */
export const MAX_PROGRAM = 100;

/**
 * Up to so many instructions, RE2's automaton is used whatever the pattern. It is by far the fastest once it is built, but some
 * patterns make it build a new state for each character, at a cost in proportion to their size.
 */
const SMALL_PROGRAM = 40;

/** Alternatives in which nothing repeats and nothing stands for several characters: their automaton has few states. */
const LITERALS = /^(?:[^*+?.{}()[\]\\]|\\\W)*$/;

/** Whether a text has what a pattern describes, anywhere in it. */
export type Pattern = (text: string) => boolean;

/**
 * Compiles a regular expression in RE2's syntax, which has no look-around and no back-references and therefore always takes
 * linear time. Gives why not as a text.
 */
export function compilePattern(source: string, { ignoreCase }: { ignoreCase: boolean }): Pattern | string {
  try {
    const compiled = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    const size = compiled.programSize();
    if (size > MAX_PROGRAM) {
      return `with its repetitions written out the pattern has ${size} steps, more than ${MAX_PROGRAM}; make it shorter, or several of it`;
    }
    const byAutomaton = size <= SMALL_PROGRAM || LITERALS.test(source);
    const search: Pattern = byAutomaton ? (text) => compiled.test(text) : (text) => compiled.matcher(text).find();
    return (text) => text.length <= MAX_INPUT && search(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

import { compile } from '../../../resolver/compile.ts';
import { resolve } from '../../../resolver/resolve.ts';
import type { Contender } from '../contender.ts';
import { type BenchVisitor, makeSnapshot } from '../work.ts';

/** As the edge asks it. */
export function make(): Contender<BenchVisitor> {
  const program = compile(makeSnapshot());
  if ('code' in program) throw new Error(JSON.stringify(program));
  return { contextOf: (visitor) => visitor, answer: (visitor) => resolve(program, visitor).body };
}

import { compile } from '../../resolver/compile.ts';
import type { Program } from '../../resolver/program.ts';
import { resolve } from '../../resolver/resolve.ts';
import { type Shape, makeLargeSnapshot } from './large-work.ts';
import { collect, median, pass, say } from './measure.ts';
import { makeVisitors } from './work.ts';

/** What an answer costs that is not remembered, and that what is remembered stays within its budget. */

const SMALL: Shape = { buildings: 10, rollouts: 5 };
const LARGE: Shape = { buildings: 100, rollouts: 50 };
const BUDGET = 16 * 2 ** 20;
const visitors = makeVisitors();

function missNs(shape: Shape, count: number): number {
  const answer = bodyOf(programOf(shape, 0));
  const some = visitors.slice(0, count);
  const times = Array.from({ length: 8 }, () => {
    const start = performance.now();
    pass(some, answer);
    return ((performance.now() - start) * 1e6) / count;
  });
  return median(times.slice(2));
}

const bodyOf = (program: Program) => (visitor: (typeof visitors)[number]) => resolve(program, visitor).body;

function programOf(shape: Shape, cacheBytes: number): Program {
  const program = compile(makeLargeSnapshot(shape), { cacheBytes });
  if ('code' in program) throw new Error(JSON.stringify(program));
  return program;
}

/** Nearly every visitor has a combination to himself: far more answers than there is room for. */
function fillCache(): { budget: number; counted: number; heap: number } {
  const program = programOf(LARGE, BUDGET);
  collect();
  const before = process.memoryUsage().heapUsed;
  pass(visitors.slice(0, 10_000), bodyOf(program));
  collect();
  return { budget: BUDGET, counted: program.cache.bytes, heap: process.memoryUsage().heapUsed - before };
}

say({ small: missNs(SMALL, 10_000), large: missNs(LARGE, 2_000), cache: fillCache() });

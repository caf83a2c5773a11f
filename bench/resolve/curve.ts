import { compile } from '../../resolver/compile.ts';
import { resolve } from '../../resolver/resolve.ts';
import { type Shape, makeLargeSnapshot } from './large-work.ts';
import { pass, takeTurns } from './measure.ts';
import { makeVisitors } from './work.ts';

/**
 * One point of the curve in a process of its own: `curve.ts SHAPE`, the shape as JSON. 1,000 visitors, because of many rollouts
 * nearly every visitor has a combination to himself, and all their answers are remembered: this is what a known one costs.
 */

const VISITORS = 1_000;
const ENOUGH_BYTES = 2 ** 32;

const compiled = compile(makeLargeSnapshot(JSON.parse(process.argv[2]!) as Shape), { cacheBytes: ENOUGH_BYTES });
if ('code' in compiled) throw new Error(JSON.stringify(compiled));
const program = compiled;
const visitors = makeVisitors().slice(0, VISITORS);
await takeTurns(visitors, (some) => pass(some, (visitor) => resolve(program, visitor).body));

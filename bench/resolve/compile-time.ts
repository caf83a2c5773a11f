import { compile } from '../../resolver/compile.ts';
import { makeLargeSnapshot } from './large-work.ts';
import { median, say } from './measure.ts';

/** How long a snapshot of 1,000 units and 100 rollouts takes to compile: the first time in a process, and warm. */

const UNITS = 1_000;
const snapshot = makeLargeSnapshot({ buildings: 100, rollouts: 100, units: UNITS, segments: 100, hasRules: true });
if (Object.keys(snapshot.units).length !== UNITS) throw new Error('the snapshot has not the units that it should have');

const [first = 0, ...others] = Array.from({ length: 20 }, () => {
  const start = performance.now();
  const program = compile(snapshot);
  const time = performance.now() - start;
  if ('code' in program) throw new Error(JSON.stringify(program));
  return time;
});
say({ first, warm: median(others.slice(-10)) });

import { CONTENDERS } from './contender.ts';
import type { Shape } from './large-work.ts';
import { type Times, inFreshProcess, race } from './processes.ts';
import { median } from './measure.ts';
import type { CompileTimes, MissPath, Results, Weight } from './report.ts';

/** Everything that `npm run bench:resolve` says, measured one after the other. */

const TURNS = 10;
/** Where there is nothing so small to tell apart. */
const FEWER_ROUNDS = 3;
const CURVE_ROUNDS = 2;

/** Only Concierge's own; each with what it is to be compared with first. */
export const CONDITIONS = ['concierge', 'json-logic-compiled', 'json-logic-interpreter', 'cel', 'growthbook'];

const point = (shape: Shape): string => JSON.stringify(shape);
export const CURVE: readonly Shape[] = [
  ...[5, 10, 20, 50, 100].map((rollouts) => ({ buildings: 100, rollouts })),
  ...[10, 1_000].map((buildings) => ({ buildings, rollouts: 5 })),
  { buildings: 100, rollouts: 5, units: 10_000 },
  { buildings: 100, rollouts: 5, segments: 1_000 },
];

export async function measure(rounds: number): Promise<Results> {
  const names = CONTENDERS.map(({ name }) => name);
  const weights = await weigh(names);
  return {
    rounds,
    weights,
    contenders: await race('run-contender.ts', names, rounds, TURNS),
    conditions: await race('conditions.ts', CONDITIONS, Math.min(rounds, FEWER_ROUNDS), TURNS),
    conditionBytes: (await inFreshProcess<{ bytes: number }>('conditions.ts', ['concierge', 'weigh'])).bytes,
    curve: await measureCurve(Math.min(rounds, CURVE_ROUNDS)),
    compile: await compileTimes(Math.min(rounds, FEWER_ROUNDS)),
    miss: await inFreshProcess<MissPath>('miss-path.ts'),
  };
}

/** Comes first: whoever does not do the work is not worth timing. */
async function weigh(names: readonly string[]): Promise<Map<string, number>> {
  const weights = new Map<string, number>();
  for (const name of names) {
    const { bytes, faults } = await inFreshProcess<Weight>('run-contender.ts', [name, 'weigh']);
    if (faults.length > 0) throw new Error(`${name} does not do the work:\n${faults.join('\n')}`);
    weights.set(name, bytes);
  }
  return weights;
}

const measureCurve = (rounds: number): Promise<Times> => race('curve.ts', CURVE.map(point), rounds, TURNS);

async function compileTimes(rounds: number): Promise<CompileTimes> {
  const times: CompileTimes[] = [];
  for (let round = 0; round < rounds; round++) times.push(await inFreshProcess<CompileTimes>('compile-time.ts'));
  return { first: median(times.map(({ first }) => first)), warm: median(times.map(({ warm }) => warm)) };
}

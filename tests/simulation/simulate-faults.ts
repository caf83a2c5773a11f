import { parseArgs } from 'node:util';
import { type Total, simulateMany, storyOf } from './simulate-many.ts';

/** npm run simulate:faults: plays seeded worlds with faults until enough rollouts have ended, and says what was broken. */

const { values } = parseArgs({
  options: {
    rollouts: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    steps: { type: 'string' },
    processes: { type: 'string' },
    broken: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const PROGRESS_MS = 20_000;
let toldAt = performance.now();

function describe({ rollouts, worlds, seconds, failures }: Total): string {
  const rate = (rollouts / seconds).toFixed(1);
  return `${rollouts} rollouts in ${worlds} worlds, ${seconds.toFixed(0)} s (${rate} rollouts/s), ${failures.length} worlds failed`;
}

const seed = number(values.seed);
const total = await simulateMany({
  ...(seed === undefined
    ? { firstSeed: Number(values.from), rollouts: Number(values.rollouts), failures: values.broken === undefined ? 10 : 1 }
    : { firstSeed: seed, worlds: 1 }),
  maxEvents: number(values.steps),
  processes: number(values.processes),
  broken: values.broken,
  onWorld(soFar) {
    if (values.json || performance.now() - toldAt < PROGRESS_MS) return;
    toldAt = performance.now();
    say(describe(soFar));
  },
});
for (const failure of total.failures) say(`${storyOf(failure)}\n`);
if (!values.json) {
  say(
    Object.entries(total.counts)
      .map(([what, count]) => `  ${what} ${count}`)
      .join('\n'),
  );
  say(describe(total));
} else say(JSON.stringify(total));
process.exitCode = total.failures.length > 0 ? 1 : 0;

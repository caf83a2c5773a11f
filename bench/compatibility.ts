import { parseArgs } from 'node:util';
import { brokenPairs } from '../resolver/compatibility/broken-pairs.ts';
import { NEEDS, floorOf, worstSnapshot } from './compatibility/snapshots.ts';
import { medianOf, rounded } from './telemetry/numbers.ts';

/** `npm run bench:compatibility`: one check of everything that visitors could be given together. `--rounds N`, `--json`. */

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' }, json: { type: 'boolean', default: false } } });
const ROUNDS = Number(values.rounds);
const ROLLOUTS = 10;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

function medianMs(work: () => unknown): number {
  const times = Array.from({ length: ROUNDS + 3 }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return medianOf(times.slice(3)); // the first ones compile
}

print(`Every building needs the ${NEEDS} after it; ${ROLLOUTS} rollouts, each an A/B test of two new units; medians of ${ROUNDS} checks.`);
const rows = [25, 50, 100, 200].map((buildings) => {
  const snapshot = worstSnapshot(buildings, ROLLOUTS);
  const check = medianMs(() => brokenPairs(snapshot));
  const floor = medianMs(() => floorOf(snapshot));
  print(
    `  ${String(buildings).padStart(3)} buildings  ${check.toFixed(2)} ms, ${(check / floor).toFixed(0)} × one pass over the document (${floor.toFixed(3)} ms)`,
  );
  return { buildings, check_ms: check, floor_ms: floor, broken: brokenPairs(snapshot).length };
});
const per = rows.map(({ check_ms: check, buildings }) => check / buildings);
const growth = per.map((one) => one / per[0]!);
print(`Time for each building beside that of 25 buildings: ${growth.map((one) => one.toFixed(2)).join(', ')} (linear: 1)`);
if (values.json) print(JSON.stringify({ bench: 'compatibility', rollouts: ROLLOUTS, rows: rows.map(rounded), growth }));

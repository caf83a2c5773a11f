import { parseArgs } from 'node:util';
import { brokenPairs } from '../resolver/compatibility/broken-pairs.ts';
import { NEEDS, floorOf, worstSnapshot } from './compatibility/snapshots.ts';
import { rounded } from './telemetry/numbers.ts';

/** `npm run bench:compatibility`: one check of everything that visitors could be given together. `--rounds N`, `--json`. */

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '60' }, json: { type: 'boolean', default: false } } });
const ROUNDS = Number(values.rounds);
const ROLLOUTS = 10;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

function msOf(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

const sizes = [25, 50, 100, 200].map((buildings) => ({
  buildings,
  snapshot: worstSnapshot(buildings, ROLLOUTS),
  check_ms: Number.POSITIVE_INFINITY,
  floor_ms: Number.POSITIVE_INFINITY,
}));
// Sizes take turns, and the fastest turn counts: whatever else the machine does only makes it slower.
for (let round = 0; round < ROUNDS; round++) {
  for (const size of sizes) {
    size.check_ms = Math.min(
      size.check_ms,
      msOf(() => brokenPairs(size.snapshot)),
    );
    size.floor_ms = Math.min(
      size.floor_ms,
      msOf(() => floorOf(size.snapshot)),
    );
  }
}

print(
  `Each unit needs the ${NEEDS} after it; ${ROLLOUTS} A/B tests of two new units move every building; the fastest of ${ROUNDS} checks.`,
);
const smallest = sizes[0]!;
const rows = sizes.map(({ buildings, check_ms: check, floor_ms: floor }) => {
  const growth = check / buildings / (smallest.check_ms / smallest.buildings);
  print(
    `  ${String(buildings).padStart(3)} buildings  ${check.toFixed(2).padStart(6)} ms, ${Math.round(check / floor)} × a bare pass over the document; for each building ${growth.toFixed(2)} × that of ${smallest.buildings}`,
  );
  return rounded({ buildings, check_ms: check, floor_ms: floor, growth });
});
if (values.json) print(JSON.stringify({ bench: 'compatibility', rollouts: ROLLOUTS, rows }));

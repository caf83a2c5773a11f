import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureIngest } from './telemetry/ingest.ts';
import { measureTick } from './telemetry/tick.ts';
import { rounded } from './telemetry/numbers.ts';

/** `npm run bench:telemetry`: counting beacons, and the tick over many rollouts. `--rounds N`, `--ticks N`, `--json`. */

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    ticks: { type: 'string', default: '12' },
    json: { type: 'boolean', default: false },
  },
});
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), 'concierge-bench-'));

try {
  const ingest = await measureIngest(folder, Number(values.rounds));
  print(`Counting: batches of 1,000 events, four of each visitor in different batches; ${values.rounds} rounds, merges of marks included`);
  print(`  ingestBeacons  ${Math.round(ingest.events_per_second).toLocaleString('en')} events/s`);
  print(
    `  raw upserts    ${Math.round(ingest.raw_per_second).toLocaleString('en')} events/s (one counter each, same batches, same pragmas)`,
  );
  print(`  ratio          ${(100 * ingest.ratio).toFixed(0)} % (goal: 50 %)`);
  print(`  pauses         the slowest batch took ${ingest.slowest_batch_ms.toFixed(0)} ms (marks are merged in it)`);

  const ticks = [];
  for (const seconds of [5, 1]) {
    const tick = await measureTick(folder, seconds, Number(values.ticks));
    ticks.push(tick);
    print(
      `Tick over ${tick.rollouts.toLocaleString('en')} running rollouts in ${tick.environments} environments, ${seconds} s of 10,000 visitors/s pending`,
    );
    print(`  median ${tick.median_ms.toFixed(0)} ms, slowest ${tick.slowest_ms.toFixed(0)} ms of ${values.ticks} (goal: 250 ms)`);
    print(
      `  ${tick.batches} batches, ${tick.rows.toLocaleString('en')} rows of deltas and ${tick.events.toLocaleString('en')} events each`,
    );
  }
  if (values.json) print(JSON.stringify({ bench: 'telemetry', ingest: rounded(ingest), ticks: ticks.map(rounded) }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

import { experimentsOf, SHORT } from './decisions/experiments.ts';
import { runExperiment } from './decisions/run-experiment.ts';
const n = Number(process.argv[2] ?? 6);
const only = process.argv[3];
for (const e of experimentsOf(SHORT)) {
  if (only && !e.name.includes(only)) continue;
  const c = process.cpuUsage().user;
  const rs = Array.from({ length: n }, (_, i) => runExperiment(e, 1, i));
  const ends: Record<string, number> = {};
  for (const r of rs) ends[`${r.end} ${r.code}`] = (ends[`${r.end} ${r.code}`] ?? 0) + 1;
  console.log(
    e.name.padEnd(36),
    ((process.cpuUsage().user - c) / 1000 / n).toFixed(1).padStart(7),
    'ms',
    (((process.cpuUsage().user - c) / 1e6 / n) * e.runs).toFixed(1).padStart(6),
    's',
    JSON.stringify(ends),
    'exp',
    rs.map((r) => r.exposed).sort((a, b) => a - b)[n >> 1],
    'min',
    rs
      .map((r) => r.minutes)
      .sort((a, b) => a - b)
      [n >> 1]!.toFixed(1),
    '100%',
    rs.filter((r) => r.reached100).length,
    rs.filter((r) => r.mismatchAfter !== null).length,
  );
}

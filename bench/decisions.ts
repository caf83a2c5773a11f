import { parseArgs } from 'node:util';
import { DETECTIONS } from './decisions/detections.ts';
import { LONG, SHORT, experimentsOf } from './decisions/experiments.ts';
import { type Task, inThreads } from './decisions/pool.ts';
import { printReport } from './decisions/report.ts';
import type { RunResult } from './decisions/run-experiment.ts';
import { summaryOf } from './decisions/summarise.ts';

/** `npm run bench:decisions`: how often, how fast and how rightly rollouts are judged. `--json`, `--long`, `--seed N`. */

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, long: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } },
});
const seed = Number(values.seed);
if (!Number.isInteger(seed) || seed < 0) throw new Error('--seed takes a whole number');

const effort = values.long ? LONG : SHORT;
const begun = performance.now();
const tasks = [
  ...DETECTIONS.flatMap(({ name }) =>
    chunks('detection', name, name === 'errors-1.1x' ? Math.ceil(effort.detections * 0.4) : effort.detections, 10),
  ),
  ...experimentsOf(effort).flatMap(({ name, runs }) => chunks('experiment', name, runs, 20)),
];
const results = await inThreads<(RunResult | number)[]>(tasks, { seed, isLong: values.long }, (done) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${Math.floor((100 * done) / tasks.length)} %`);
});
if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
const summary = summaryOf({
  experiments: gathered<RunResult>('experiment'),
  detections: gathered<number>('detection'),
  seconds: (performance.now() - begun) / 1_000,
  seed,
  effort,
});
printReport(summary);
if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);

function chunks(kind: Task['kind'], name: string, runs: number, size: number): Task[] {
  return Array.from({ length: Math.ceil(runs / size) }, (_, index) => ({
    kind,
    name,
    from: index * size,
    to: Math.min(runs, (index + 1) * size),
  }));
}

function gathered<Result>(kind: Task['kind']): Map<string, Result[]> {
  const all = new Map<string, Result[]>();
  tasks.forEach((task, index) => {
    if (task.kind === kind) all.set(task.name, [...(all.get(task.name) ?? []), ...(results[index] as Result[])]);
  });
  return all;
}

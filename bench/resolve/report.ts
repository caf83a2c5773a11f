import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTENDERS } from './contender.ts';
import type { Shape } from './large-work.ts';
import { type Times, medianOf, ratioOf } from './processes.ts';

export type Weight = { bytes: number; faults: string[] };
export type CompileTimes = { first: number; warm: number };
export type MissPath = { small: number; large: number; cache: { budget: number; counted: number; heap: number } };

export type Results = {
  rounds: number;
  contenders: Times;
  /** Bytes for each manifest, by contender. */
  weights: ReadonlyMap<string, number>;
  conditions: Times;
  conditionBytes: number;
  /** By shape, as JSON. */
  curve: Times;
  compile: CompileTimes;
  miss: MissPath;
};

const US = 'concierge';

/** What the goals are set for, and for the curious the rest. */
export function summaryOf({ rounds, contenders, weights, conditions, conditionBytes, curve, compile, miss }: Results): object {
  const fastest = fastestPeer(contenders);
  return {
    bench: 'resolve',
    ns_per_manifest: rounded(medianOf(contenders, US)),
    ratio_to_floor: rounded(ratioOf(contenders, US, 'floor'), 3),
    ratio_to_fastest_peer: rounded(ratioOf(contenders, fastest, US), 2),
    fastest_peer: fastest,
    bytes_per_manifest: rounded(weights.get(US)!),
    compile_ms: rounded(compile.first, 2),
    compile_warm_ms: rounded(compile.warm, 2),
    rounds,
    ns_by_contender: medians(contenders),
    bytes_by_contender: Object.fromEntries([...weights].map(([name, bytes]) => [name, rounded(bytes)])),
    condition_ns: medians(conditions),
    condition_ratios: Object.fromEntries(others(conditions).map((name) => [name, rounded(ratioOf(conditions, name, US), 2)])),
    bytes_per_condition: rounded(conditionBytes),
    curve: [...curve.keys()].map((shape) => ({ ...(JSON.parse(shape) as Shape), ns: rounded(medianOf(curve, shape)) })),
    miss_ns: { buildings_10_rollouts_5: rounded(miss.small, 0), buildings_100_rollouts_50: rounded(miss.large, 0) },
    cache: miss.cache,
  };
}

export function printReport(results: Results): void {
  const { contenders, weights, conditions, conditionBytes, curve, compile, miss } = results;
  print('The manifest of a visitor: 10 buildings, 5 rollouts, 100,000 visitors');
  table(
    ['', 'version', 'ns', '× floor', '× Concierge', 'bytes'],
    CONTENDERS.map(({ name, title, package: from }) => [
      title,
      from ? versionOf(from) : '',
      fixed(medianOf(contenders, name)),
      fixed(ratioOf(contenders, name, 'floor'), 2),
      fixed(ratioOf(contenders, name, US), 2),
      fixed(weights.get(name)!),
    ]),
  );
  print(`\nA condition alone: country in […] and plan == 'pro' (Concierge allocates ${fixed(conditionBytes)} bytes)`);
  table(
    ['', 'ns', '× Concierge'],
    [...conditions.keys()].map((name) => [name, fixed(medianOf(conditions, name)), fixed(ratioOf(conditions, name, US), 2)]),
  );
  print('\nThe curve: answers that are remembered');
  table(
    ['buildings', 'rollouts', 'units', 'segments', 'ns', 'ns a rollout'],
    [...curve.keys()].map((key) => curveRow(JSON.parse(key) as Shape, medianOf(curve, key))),
  );
  print(`\nCompiling 1,000 units, 100 rollouts: ${fixed(compile.first)} ms the first time in a process, ${fixed(compile.warm)} ms warm`);
  print(
    `An answer not remembered: ${fixed(miss.small / 1000)} µs (10 buildings, 5 rollouts), ${fixed(miss.large / 1000)} µs (100 buildings, 50 rollouts)`,
  );
  const { budget, counted, heap } = miss.cache;
  print(`10,000 such answers, room for ${mib(budget)} MiB: ${mib(counted)} MiB counted, the heap grew by ${mib(heap)} MiB\n`);
}

function curveRow({ buildings, rollouts, units, segments = 0 }: Shape, ns: number): string[] {
  return [
    String(buildings),
    String(rollouts),
    units === undefined ? 'used ones' : String(units),
    String(segments),
    fixed(ns),
    fixed(ns / rollouts),
  ];
}

/** By the times of one turn, as everything that is compared. */
function fastestPeer(times: Times): string {
  const peers = CONTENDERS.filter(({ isPeer }) => isPeer).map(({ name }) => name);
  return peers.reduce((best, name) => (ratioOf(times, name, US) < ratioOf(times, best, US) ? name : best));
}

const others = (times: Times): string[] => [...times.keys()].filter((name) => name !== US);
const medians = (times: Times): object => Object.fromEntries([...times.keys()].map((name) => [name, rounded(medianOf(times, name))]));

function versionOf(name: string): string {
  const file = join(import.meta.dirname, '..', 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** The first column to the left, the others to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column]!)].map((cell) => cell.length)));
  for (const row of [head, ...rows]) {
    print(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '));
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
const fixed = (value: number, digits = 1): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const mib = (bytes: number): string => fixed(bytes / 2 ** 20);

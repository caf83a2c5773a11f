import { HEALTHY, RULES, WORSE } from './experiments.ts';
import { type Summary, rounded } from './summarise.ts';

/** The goals, and what was measured, for people. */

type Goal = { what: string; measured: string; goal: string; isMet: boolean };

const percent = (share: number, digits = 2): string => `${rounded(100 * share, digits)} %`;

export function goalsOf(summary: Summary): Goal[] {
  const ratio = (names: readonly string[]): number => Math.max(...names.map((name) => summary.bound_ratio[name]!));
  const atMost = (what: string, value: number | null, limit: number, say: (value: number) => string = String): Goal => ({
    what,
    measured: value === null ? 'none' : say(value),
    goal: `≤ ${say(limit)}`,
    isMet: value !== null && value <= limit,
  });
  const { median_exposed: exposed } = summary;
  return [
    atMost('healthy versions taken back, the worst of four scenarios', summary.false_rollback, 0.005, percent),
    atMost('… upper 95 % limit', summary.false_rollback_upper95, 0.01, percent),
    atMost('samples over the bound, errors 1.1 to 5 ×', ratio(['errors-1.1x', 'errors-1.5x', 'errors-2x', 'errors-3x', 'errors-5x']), 1.75),
    atMost('… 20 ×', ratio(['errors-20x']), 2.1),
    atMost('… latency 1.1 to 2 ×', ratio(['latency-1.1x', 'latency-1.25x', 'latency-1.5x', 'latency-2x']), 2),
    atMost('visitors who saw it (median), errors 5 ×', exposed['errors-5x']!, 400),
    atMost('… errors 20 ×', exposed['errors-20x']!, 75),
    atMost('… latency 2 ×', exposed['latency-2x']!, 60),
    atMost('bad versions that reach 100 %, the worst', summary.bad_reaching_100, 0.01, percent),
    atMost('20 % of the beacons of a 5 % share lost: visitors until found (median)', summary.srm_visitors, 9_000),
    atMost('… false alarms', summary.srm_false_alarms, 0.001, percent),
    atMost('healthy versions taken back under attack', summary.attack_false_rollback, 0.01, percent),
    {
      what: '… the same rate from all networks taken back',
      measured: percent(summary.same_rate_spread_out_rolled_back),
      goal: '≥ 99 %',
      isMet: summary.same_rate_spread_out_rolled_back >= 0.99,
    },
  ];
}

export function printReport(summary: Summary): void {
  table(
    ['', 'measured', 'goal', 'met'],
    goalsOf(summary).map(({ what, measured, goal, isMet }) => [what, measured, goal, isMet ? 'yes' : 'NO']),
  );
  const { rules } = summary;
  print(`\nHealthy versions taken back, of ${summary.runs.healthy} rollouts each`);
  table(
    ['', ...Object.keys(HEALTHY)],
    RULES.map((rule) => [rule, ...Object.keys(HEALTHY).map((name) => percent(rules[rule]!.false_rollback[name]!))]),
  );
  print('\nWorse versions, bad from the start: visitors who saw one before it was taken back (median), and how many reached 100 %');
  table(
    ['', ...Object.keys(WORSE)],
    RULES.map((rule) => [
      rule,
      ...Object.keys(WORSE).map((name) => `${rules[rule]!.median_exposed[name] ?? '–'}, ${percent(rules[rule]!.reaching_100[name]!, 0)}`),
    ]),
  );
  print('\nSamples to detection over the information bound, looking at everything');
  table(Object.keys(summary.bound_ratio), [Object.values(summary.bound_ratio).map((ratio) => ratio.toFixed(2))]);
  print(`\n${summary.seconds} s, seed ${summary.seed}\n`);
}

/** The first column to the left, the others to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column]!)].map((cell) => cell.length)));
  for (const row of [head, ...rows]) {
    print(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '));
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

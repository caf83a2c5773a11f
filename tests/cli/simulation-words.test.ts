import { expect, it } from 'vitest';
import { simulationText } from '#cli/simulation-words.ts';
import { Scenario, type SimulatedRuns, type Simulation } from '#schemas/simulation.ts';

const RUNS: SimulatedRuns = {
  runs: 200,
  ends: { completed: 150, 'rolled-back': 40, paused: 6, held: 4 },
  rolled_back_alone: 0,
  minutes_to_complete: { median: 61, p95: 180 },
  minutes_to_rollback: { median: 12, p95: 30 },
  exposed_at_rollback: { median: 1_412, p95: 5_000 },
  reasons: { 'worse-than-control': 46, healthy: 150, 'no-evidence': 4 },
  timeline: [
    { minute: 60, completed: 0, rolled_back: 0.2, paused: 0.03 },
    { minute: 240, completed: 0.75, rolled_back: 0.2, paused: 0.03 },
  ],
};
const NONE: SimulatedRuns = {
  ...RUNS,
  ends: { completed: 0, 'rolled-back': 0, paused: 0, held: 200 },
  minutes_to_complete: null,
  minutes_to_rollback: null,
  exposed_at_rollback: null,
  timeline: [],
};
const simulation = (overrides: Partial<Simulation> = {}): Simulation => ({
  scenario: Scenario.parse({}),
  visitors_per_minute: 1_000,
  planned_minutes: 40,
  horizon_minutes: 240,
  runs: RUNS,
  catches: [],
  not_simulated: [],
  complete: true,
  ...overrides,
});

it('tells how runs ended, how fast, and how many visitors had seen it', () => {
  expect(simulationText(simulation())).toBe(
    [
      '200 simulated rollouts with 1,000 visitors a minute. The steps take 40 min when nothing holds them; a run ends after 4 h.',
      '',
      'Completed    75 %, after 61 min (median of those that completed; 95 % of them within 3 h)',
      'Rolled back  20 %, after 12 min and 1,412 visitors of the new version (median of those taken back; 95 % of them within 30 min and 5,000)',
      'Paused       3 %',
      'Undecided    2 %: 4 were still under way after 4 h; with a longer --until more of them may end',
      'Because of   healthy 75 %, worse-than-control 23 %, no-evidence 2 %',
      '',
      `  60 min ${'×'.repeat(8)}‖${'·'.repeat(31)}`,
      `     4 h ${'×'.repeat(8)}‖${'█'.repeat(30)}·`,
      '         × rolled back  ‖ paused  █ completed  · under way',
    ].join('\n'),
  );
});

it('tells what would be caught, and what nobody can know', () => {
  const text = simulationText(
    simulation({
      catches: [
        { relative_risk: 1.5, runs: NONE },
        { relative_risk: 5, runs: RUNS },
      ],
    }),
  );
  const table = text.slice(text.indexOf('What it would catch:')).split('\n').slice(1);
  expect(table.map((line) => line.split(/ {2,}/))).toEqual([
    ['errors', 'caught', 'minutes', 'visitors who saw it', '(95 % fewer than)', 'let through'],
    ['1.5 ×', '0 %', '–', '–', '–', '0 %'],
    ['5 ×', '23 %', '12', '1,412', '5,000', '75 %'],
  ]);
});

it('tells what the plan has and was not simulated', () => {
  const leftOut: Simulation['not_simulated'] = [
    { name: 'manual-gates', message: 'manual gates (steps 1 and 2)' },
    { name: 'approvals', message: 'approvals' },
  ];
  expect(simulationText(simulation({ not_simulated: leftOut }))).toContain('\nNot simulated: manual gates (steps 1 and 2), approvals.\n');
  expect(simulationText(simulation())).not.toContain('Not simulated');
});

it('promises nothing of a longer time to a test that is never decided', () => {
  const text = simulationText(simulation({ not_simulated: [{ name: 'goal', message: "the test's goal" }] }));
  expect(text).toContain('4 were still under way after 4 h\n');
});

it.each<[number, string]>([
  [0.4, '0.4 min'],
  [0.05, '0.05 min'],
  [2.5, '2.5 min'],
  [40.4, '40 min'],
  [150, '2.5 h'],
])('%d minutes are %s', (minutes, words) => {
  expect(simulationText(simulation({ planned_minutes: minutes }))).toContain(`The steps take ${words} when`);
});

it('says when it was given too little time', () => {
  expect(simulationText(simulation({ complete: false }))).toContain('fewer runs than were asked for');
});

it.each<[string, Partial<SimulatedRuns>, object, RegExp | null]>([
  ['all of them', { rolled_back_alone: 40 }, {}, /\nAll of those rolled back were so at 100 %, .* --steps 5,25,50,95,100:6s\n/],
  ['a part of them', { rolled_back_alone: 20 }, {}, /\n20 of those rolled back/],
  ['so few that it may be chance', { rolled_back_alone: 19 }, {}, null],
  ['of a version that is worse', { rolled_back_alone: 40 }, { regression: { errors: 3 } }, null],
  ['of a version that leaks', { rolled_back_alone: 40 }, { leak_per_hour: 4 }, null],
])('tells what to do about healthy versions that are taken back at 100 %%: %s', (_, runs, scenario, words) => {
  const text = simulationText(simulation({ runs: { ...RUNS, ...runs }, scenario: Scenario.parse(scenario) }));
  if (words) expect(text).toMatch(words);
  else expect(text).not.toContain('at 100 %');
});

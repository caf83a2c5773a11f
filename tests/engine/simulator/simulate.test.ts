import { describe, expect, it } from 'vitest';
import { prepareSimulation } from '#engine/simulator/simulate.ts';
import { quantile } from '#engine/simulator/summarise-runs.ts';
import { RUN_ENDS, type RunEnd, SCENARIO_NAMES, SimulateRequest, type SimulateRequestInput, Simulation } from '#schemas/simulation.ts';
import type { Problem } from '#schemas/problem.ts';

const request = (input: Partial<SimulateRequestInput> = {}): SimulateRequest =>
  SimulateRequest.parse({ plan: { units: ['main@2.0.0'] }, runs: 4, tick_seconds: 30, relative_risks: [], ...input });

function prepared(input: Partial<SimulateRequestInput> = {}) {
  const simulating = prepareSimulation(request(input));
  if ('code' in simulating) throw new Error(`${simulating.detail} ${JSON.stringify(simulating.errors)}`);
  return simulating;
}

function simulated(input: Partial<SimulateRequestInput> = {}): Simulation {
  const simulating = prepared(input);
  while (simulating.next());
  return Simulation.parse(simulating.summary());
}

const limits = { promotion: 'limits' as const };

it('tells how many were taken back where nobody was left to compare with: at 100 %, and not below', () => {
  const steps = (last: number) => [5, 25, 50, 95, { percentage: 100, duration: last }];
  // Errors of all are so many from the 41st minute on that the limit is broken.
  const scenario = { incidents: [{ from_minute: 41, to_minute: 600, errors: 30 }] };
  const endsOf = (last: number) => simulated({ scenario, plan: { units: ['main@2.0.0'], steps: steps(last), analysis: limits } }).runs;
  expect(endsOf(30)).toMatchObject({ ends: { 'rolled-back': 4 }, rolled_back_alone: 4 });
  expect(endsOf(0.1)).toMatchObject({ ends: { completed: 4 }, rolled_back_alone: 0 });
  expect(simulated({ scenario: 'errors-20x' }).runs).toMatchObject({ ends: { 'rolled-back': 4 }, rolled_back_alone: 0 });
});

describe('what comes of a rollout', () => {
  it.each<[string, Partial<SimulateRequestInput>, RunEnd, string]>([
    ['a healthy version', { scenario: 'healthy' }, 'completed', 'healthy'],
    ['an incident of both arms', { scenario: 'incident' }, 'completed', 'healthy'],
    ['a cold cache in its first minutes', { scenario: 'cold-cache' }, 'completed', 'healthy'],
    ['20 times the errors', { scenario: 'errors-20x' }, 'rolled-back', 'worse-than-control'],
    ['5 times the errors', { scenario: 'errors-5x' }, 'rolled-back', 'worse-than-control'],
    ['twice the latency', { scenario: 'slow-2x' }, 'rolled-back', 'worse-than-control'],
    ['a crash that hides its own reports', { scenario: 'silent-crash' }, 'rolled-back', 'worse-than-control'],
    [
      'a leak that grows',
      { scenario: 'slow-leak', plan: { units: ['main@2.0.0'], analysis: limits } },
      'rolled-back',
      'worse-than-control',
    ],
    ['exposures that go uncounted', { scenario: 'beacon-loss' }, 'held', 'sample-ratio'],
    ['attackers from few networks', { scenario: 'attack' }, 'paused', 'concentrated'],
    ['nobody', { visitors_per_minute: 0.01, horizon_minutes: 60 }, 'held', 'too-few-samples'],
    ['too few to be sure of', { visitors_per_minute: 30, horizon_minutes: 60 }, 'held', 'no-evidence'],
    [
      'a deadline that takes back what nobody can tell',
      { visitors_per_minute: 30, plan: { units: ['main@2.0.0'], progress_deadline: 20, on_deadline: 'roll-back' } },
      'rolled-back',
      'deadline',
    ],
    ['a deadline that pauses', { visitors_per_minute: 30, plan: { units: ['main@2.0.0'], progress_deadline: 20 } }, 'paused', 'deadline'],
    [
      'what is unclear for too long',
      { visitors_per_minute: 30, plan: { units: ['main@2.0.0'], analysis: { pause_after: 5 } } },
      'paused',
      'no-evidence',
    ],
    [
      'a healthy step whose time is not up yet',
      { horizon_minutes: 30, plan: { units: ['main@2.0.0'], steps: [50, 100], duration: 60, analysis: limits } },
      'held',
      'under-way',
    ],
    [
      'a regression of one segment that is compared on its own',
      {
        scenario: 'segment-only',
        plan: { units: ['main@2.0.0'], steps: [20, 100], duration: 25, analysis: { ...limits, segments: ['kr-ios'] } },
      },
      'rolled-back',
      'worse-than-control',
    ],
    [
      'a canary with criteria, whom a person promotes',
      { plan: { units: ['main@2.0.0'], strategy: 'canary', criteria: { geo_regions: ['KR'] }, analysis: limits } },
      'completed',
      'healthy',
    ],
  ])('%s', (_, input, end, reason) => {
    const { runs } = simulated(input);
    expect(RUN_ENDS.toSorted((a, b) => runs.ends[b] - runs.ends[a])[0]).toBe(end);
    expect(Object.entries(runs.reasons).toSorted(([, a], [, b]) => b - a)[0]![0]).toBe(reason);
  });

  it('every named scenario can be simulated', () => {
    for (const scenario of SCENARIO_NAMES) expect(simulated({ scenario, runs: 1, horizon_minutes: 5 }).runs.runs).toBe(1);
  });
});

describe('the same request', () => {
  const input: Partial<SimulateRequestInput> = { scenario: 'errors-5x', relative_risks: [10, 20], seed: 11 };

  it('gives the same answer, and another seed another one', () => {
    expect(simulated(input)).toEqual(simulated(input));
    expect(simulated(input)).not.toEqual(simulated({ ...input, seed: 12 }));
  });

  it('gives it too when it was asked how things stand on the way', () => {
    const simulating = prepared(input);
    for (let run = 0; run < 7; run++) simulating.next();
    expect(simulating.summary()).toMatchObject({
      complete: false,
      runs: { runs: 3 },
      catches: [{ runs: { runs: 2 } }, { runs: { runs: 2 } }],
    });
    while (simulating.next());
    expect(simulating.summary()).toEqual(simulated(input));
  });
});

const VARIANTS = [{ name: 'a' }, { name: 'b', units: ['main@2.0.0'] }];
const METRIC = { name: 'sales', query: { kind: 'web' as const, source: 'shop', path: '/sales' }, failure: { lt: 1 } };

it.each<[string, SimulateRequestInput['plan'], [string, string][]]>([
  ['nothing of a plan that the engine carries out alone', { units: ['main@2.0.0'] }, []],
  [
    'manual gates',
    {
      units: ['main@2.0.0'],
      steps: [{ percentage: 5, duration: 1, gate: 'manual' }, { percentage: 25, duration: 1, gate: 'manual' }, 100],
    },
    [['manual-gates', 'steps 1 and 2']],
  ],
  [
    'who promotes a canary',
    { units: ['main@2.0.0'], strategy: 'canary', criteria: { geo_regions: ['KR'] } },
    [['manual-gates', 'step 1:']],
  ],
  [
    'what it waits for before it starts',
    { units: ['main@2.0.0'], start_at: 1, after: ['header-1'], approvals: 2 },
    [
      ['start-at', 'starts'],
      ['after', 'header-1'],
      ['approvals', ''],
    ],
  ],
  [
    'outside metrics and web vitals',
    { units: ['main@2.0.0'], analysis: { metrics: [METRIC], compare: ['errors', 'lcp'] } },
    [
      ['metrics', '(sales)'],
      ['web-vitals', '(lcp)'],
    ],
  ],
  ...(['goal', 'feedback'] as const).map((goal): [string, SimulateRequestInput['plan'], [string, string][]] => [
    `the goal of a test of ${goal}`,
    { strategy: 'ab_test', experiment: { variants: VARIANTS, goal } },
    [
      ['goal', `no ${goal}, so that it is never decided`],
      ['promote-winner', ''],
    ],
  ]),
  [
    'nothing of a test of errors that the engine ends',
    { strategy: 'ab_test', experiment: { variants: VARIANTS, goal: 'errors', promote_winner: 'engine' } },
    [],
  ],
])('says that it leaves out %s', (_, plan, expected) => {
  const { not_simulated: leftOut } = prepared({ plan }).summary();
  expect(leftOut.map(({ name }) => name)).toEqual(expected.map(([name]) => name));
  for (const [index, [, words]] of expected.entries()) expect(leftOut[index]!.message).toContain(words);
});

it('the worse the version, the fewer see it before it is taken back', () => {
  const { catches } = simulated({ relative_risks: [3, 10, 40], runs: 12 });
  const medians = catches.map(({ runs }) => runs.exposed_at_rollback!.median);
  expect(medians).toEqual(medians.toSorted((a, b) => b - a));
  expect(medians[0]! / medians[2]!).toBeGreaterThan(3);
});

describe('a summary', () => {
  it('has a timeline that only grows, up to how runs ended', () => {
    const { runs } = simulated({ scenario: 'late-regression', runs: 10 });
    const ended = runs.timeline.map(({ completed, rolled_back, paused }) => completed + rolled_back + paused);
    expect(ended).toEqual(ended.toSorted((a, b) => a - b));
    expect(runs.timeline.at(-1)!.rolled_back).toBeCloseTo(runs.ends['rolled-back'] / 10, 9);
  });

  it.each<[string, number[], number, number | null]>([
    ['of nothing', [], 0.5, null],
    ['of one', [7], 0.95, 7],
    ['the 95th of two, of which the smaller one is only half', [3, 8], 0.95, 8],
    ['the median of two', [3, 8], 0.5, 3],
    ['the 95th of twenty', Array.from({ length: 20 }, (_, index) => index + 1), 0.95, 19],
    ['the 95th of twenty-one', Array.from({ length: 21 }, (_, index) => index + 1), 0.95, 20],
    ['the least', [9, 1, 5], 0, 1],
    ['the median of three, in any order', [9, 1, 5], 0.5, 5],
    ['the 95th of a hundred', Array.from({ length: 100 }, (_, index) => 100 - index), 0.95, 95],
  ])('quantile %s', (_, values, q, expected) => expect(quantile(values, q)).toBe(expected));
});

it.each<[string, Partial<SimulateRequestInput>, string[]]>([
  ['steps that do not end at everybody', { plan: { units: ['main@2.0.0'], steps: [5] } }, ['/steps/0']],
  ['two units for one building', { plan: { units: ['main@2.0.0', 'main@3.0.0'] } }, ['/units/1']],
  ['more looks than are possible', { runs: 5_000, tick_seconds: 1 }, ['/runs']],
  ['more visitors than are possible', { scenario: 'returning', visitors_per_minute: 1e6 }, ['/visitors_per_minute']],
])('refuses %s', (_, input, paths) => {
  const refused = prepareSimulation(request(input)) as Problem;
  expect(refused.status).toBe(422);
  expect(refused.errors?.map(({ path }) => path)).toEqual(paths);
});

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { judge, needsNetworks } from '#engine/domain/judge.ts';
import { Experiment } from '#schemas/experiment.ts';
import type { ArmHealth } from '#schemas/health.ts';
import { type MetricState, type Observation, REASON_CODES, Verdict } from '#schemas/verdict.ts';
import { type Counts, healthOf, judgedRollout, observationWith, ranksOf, trialOf } from '../../support/evidence.ts';

if (process.env.CONCIERGE_LONG) vi.setConfig({ testTimeout: 900_000 });

type Seen = NonNullable<Parameters<typeof observationWith>[0]>;
type Analysis = Parameters<typeof judgedRollout>[0];

const metricOf = (overrides: Partial<MetricState>): MetricState => ({
  name: 'apdex',
  role: 'guardrail',
  dry_run: false,
  successes: 1,
  failures: 0,
  inconclusive: 0,
  errors: 0,
  consecutive_errors: 0,
  last: { at: 1, value: 1, message: '' },
  due: true,
  ...overrides,
});
const withMetric = (role: 'guardrail' | 'signal' | 'info' = 'guardrail'): Analysis => ({
  metrics: [{ name: 'apdex', role, query: { kind: 'web', source: 'shop', path: '/apdex' }, failure: { lt: 0.8 } }],
});
const small = (health: Partial<ArmHealth>): { health: Partial<ArmHealth> } => ({
  health: { ...healthOf({}), exposures: 100, visitors: 100, loaded: 100, latency_count: 100, latency_sum_ms: 12_000, ...health },
});

/** Everything that may be found, each alone, and what comes of it. */
const FINDINGS: [name: string, Seen, Analysis, code: string, verdict: string, recommendation: string][] = [
  ['all is well', {}, {}, 'healthy', 'healthy', 'advance'],
  ['a guard rail failed', { metrics: [metricOf({ failures: 1 })] }, withMetric(), 'metric-failed', 'unhealthy', 'roll-back'],
  ['a source is silent', { metrics: [metricOf({ consecutive_errors: 5 })] }, withMetric(), 'metric-error', 'error', 'pause'],
  [
    'a signal failed',
    { metrics: [metricOf({ role: 'signal', failures: 1 })] },
    withMetric('signal'),
    'signal-failed',
    'unhealthy',
    'pause',
  ],
  [
    'a metric was inconclusive too often',
    { metrics: [metricOf({ inconclusive: 4 })] },
    withMetric(),
    'metric-inconclusive',
    'inconclusive',
    'pause',
  ],
  [
    'a metric that is due has no success',
    { metrics: [metricOf({ successes: 0 })] },
    withMetric(),
    'metric-inconclusive',
    'inconclusive',
    'hold',
  ],
  [
    'a metric that is due was not measured of late',
    { metrics: [metricOf({ last: null })] },
    withMetric(),
    'metric-inconclusive',
    'inconclusive',
    'hold',
  ],
  ['errors above the limit', { canary: { health: { failed_visitors: 100 } } }, {}, 'error-rate', 'unhealthy', 'roll-back'],
  [
    'a low score',
    { canary: { health: { latency_sum_ms: 1_500_000, latency_sum_squares: 1_600 * 1_500_000 } } },
    {},
    'health-score',
    'unhealthy',
    'roll-back',
  ],
  ['bad feedback', { canary: { health: { feedback_count: 40, feedback_sum: 1_200 } } }, {}, 'feedback', 'unhealthy', 'roll-back'],
  ['more errors than the control', { canary: { failed: 40 } }, { promotion: 'limits' }, 'worse-than-control', 'unhealthy', 'roll-back'],
  ['more silence than the control', { canary: { silent: 80 } }, {}, 'worse-than-control', 'unhealthy', 'roll-back'],
  ['fewer exposures than planned', { canary: { exposed: 800 } }, {}, 'sample-ratio', 'inconclusive', 'hold'],
  [
    'errors above the limit in both arms',
    { canary: { health: { failed_visitors: 100 } }, control: { health: { failed_visitors: 1_900 } } },
    {},
    'common-cause',
    'inconclusive',
    'hold',
  ],
  [
    'errors above the limit while those of all arms are far above what is usual',
    { canary: { health: { failed_visitors: 100 } }, incident: true },
    {},
    'common-cause',
    'inconclusive',
    'hold',
  ],
  [
    'errors above the limit meanwhile, and more than the control',
    { canary: { failed: 100, health: { failed_visitors: 100 } }, incident: true, after_incident: true },
    {},
    'error-rate',
    'unhealthy',
    'roll-back',
  ],
  [
    'hardly more errors than the control',
    { canary: { failed: 25 } },
    { promotion: 'limits' },
    'worse-than-control',
    'unhealthy',
    'roll-back',
  ],
  [
    'hardly more errors than the control, after an incident',
    { canary: { failed: 25 }, after_incident: true },
    { promotion: 'limits' },
    'healthy',
    'healthy',
    'advance',
  ],
  [
    'few visitors',
    { canary: { health: { visitors: 19, loaded: 19, failed_visitors: 0, latency_count: 0 } } },
    {},
    'too-few-samples',
    'inconclusive',
    'hold',
  ],
  ['nothing is ruled out yet', { canary: { failed: 0 }, control: { failed: 10 } }, {}, 'no-evidence', 'inconclusive', 'hold'],
];

describe('each finding', () => {
  it.each(FINDINGS)('%s', (_, seen, analysis, code, verdict, recommendation) => {
    const outcome = judge(observationWith(seen), judgedRollout(analysis));
    expect([outcome.reasons[0]!.code, outcome.verdict, outcome.recommendation]).toEqual([code, verdict, recommendation]);
    expect(Verdict.parse(outcome)).toEqual(outcome); // what is stored as evidence is valid evidence
  });

  it('has a case for every reason but those of networks and of A/B tests, which have their own', () => {
    expect(new Set([...FINDINGS.map(([, , , code]) => code), 'concentrated', 'horizon'])).toEqual(new Set(REASON_CODES));
  });

  it('all that were found are named by precedence; the first says how it stands, the strongest what to do', () => {
    const seen: Seen = {
      metrics: [metricOf({ consecutive_errors: 9, failures: 3 })],
      canary: { exposed: 700, failed: 50, health: { failed_visitors: 300, feedback_count: 40, feedback_sum: 0 } },
    };
    const { reasons, verdict, recommendation } = judge(observationWith(seen), judgedRollout(withMetric()));
    expect(reasons.map(({ code }) => code)).toEqual([
      'metric-failed',
      'error-rate',
      'health-score',
      'feedback',
      'worse-than-control',
      'metric-error',
      'sample-ratio',
      'no-evidence',
    ]);
    expect([verdict, recommendation]).toEqual(['unhealthy', 'roll-back']);
  });

  it('a pause is stronger than a reason that comes before it and only holds', () => {
    const seen: Seen = { metrics: [metricOf({ inconclusive: 9 })], canary: { exposed: 700 } };
    const { reasons, recommendation } = judge(observationWith(seen), judgedRollout(withMetric()));
    expect(reasons.map(({ code }) => code)).toEqual(['sample-ratio', 'metric-inconclusive']);
    expect(recommendation).toBe('pause');
  });
});

it.each([
  ['0.5, which is < 0.8', 'Metric apdex failed once; 0 are borne. Last: 0.5, which is < 0.8.'],
  ['The source is down.', 'Metric apdex failed once; 0 are borne. Last: The source is down.'],
])('a reason with what was measured last, "%s", ends as a sentence', (message, said) => {
  const last = { ...metricOf({}).last!, message };
  const { reasons } = judge(observationWith({ metrics: [metricOf({ failures: 1, last })] }), judgedRollout(withMetric()));
  expect(reasons[0]!.message).toBe(said);
});

describe('metrics that decide nothing', () => {
  it.each<[string, Partial<MetricState>, Analysis]>([
    ['one that is only shown', { role: 'info', failures: 9, consecutive_errors: 99, successes: 0 }, withMetric('info')],
    ['one on trial', { dry_run: true, failures: 9, consecutive_errors: 99, successes: 0 }, withMetric()],
    ['one that the analysis has no more', { name: 'gone', failures: 9 }, withMetric()],
    ['one in its warm-up', { due: false, successes: 0, last: null }, withMetric()],
    ['failures that are borne', { failures: 0, inconclusive: 3, consecutive_errors: 4 }, withMetric()],
  ])('%s', (_, state, analysis) =>
    expect(judge(observationWith({ metrics: [metricOf(state)] }), judgedRollout(analysis)).recommendation).toBe('advance'),
  );
});

describe('limits are guard rails', () => {
  const limited = (canary: Partial<ArmHealth>, percentage = 100, monitoring = {}) => {
    const seen = { canary: small(canary), control: { health: healthOf({ visitors: 100, loaded: 100 }) }, percentage };
    return judge(observationWith(seen), judgedRollout({ compare: [] }, monitoring));
  };
  it.each<[string, Partial<ArmHealth>, object, string[]]>([
    ['all well', {}, {}, ['healthy']],
    ['six of a hundred are not certainly above 5 %', { failed_visitors: 6 }, {}, ['healthy']],
    ['fifteen of a hundred are', { failed_visitors: 15 }, {}, ['error-rate', 'health-score']],
    [
      'two of two are',
      { visitors: 2, loaded: 2, failed_visitors: 2, latency_count: 0 },
      { min_samples: 2 },
      ['error-rate', 'health-score'],
    ],
    [
      'one of one is not, but at best the score is too low',
      { visitors: 1, loaded: 1, failed_visitors: 1, latency_count: 0 },
      { min_samples: 1 },
      ['health-score'],
    ],
    ['nothing before the samples that were asked for', { visitors: 19, failed_visitors: 19 }, {}, ['too-few-samples']],
    ['slow: the score falls, the error rate does not', { latency_sum_ms: 150_000 }, {}, ['health-score']],
    ['slow by a few very slow ones is not certain', { latency_sum_ms: 60_000, latency_sum_squares: 3e9 }, {}, ['healthy']],
    ['five votes against are not certain', { feedback_count: 5, feedback_sum: 0 }, {}, ['healthy']],
    [
      'bad feedback counts though few reported otherwise',
      { visitors: 6, feedback_count: 6, feedback_sum: 0 },
      {},
      ['feedback', 'too-few-samples'],
    ],
    ['no traffic is neither good nor bad', healthOf({}), {}, ['too-few-samples']],
  ])('%s', (_, health, monitoring, codes) => expect(limited(health, 100, monitoring).reasons.map(({ code }) => code)).toEqual(codes));

  it.each<[string, Partial<ArmHealth>, string]>([
    ['latency', { latency_sum_ms: 150_000 }, 'a mean latency of 1,500 ms (42.9 points)'],
    ['errors', { failed_visitors: 60 }, 'errors of 60 % (57.1 points)'],
  ])('a score that is too low says what made it so: %s', (_, health, words) => {
    const { reasons } = limited(health);
    expect(reasons.find(({ code }) => code === 'health-score')!.message).toContain(`is below 80, mostly because of ${words}.`);
  });

  it('act alone where nobody is left in the control, even if a late control is as bad', () => {
    const seen: Seen = { canary: small({ failed_visitors: 30 }), control: small({ failed_visitors: 30 }), percentage: 100 };
    expect(judge(observationWith(seen), judgedRollout()).recommendation).toBe('roll-back');
  });

  it('act although the control is beyond them too, when the arm has more errors beyond doubt', () => {
    const seen: Seen = {
      percentage: 50,
      canary: { ...small({ failed_visitors: 60 }), failed: 600 },
      control: { ...small({ failed_visitors: 6 }), failed: 60 },
    };
    expect(judge(observationWith(seen), judgedRollout({ compare: [] })).reasons[0]!.code).toBe('error-rate');
  });
});

describe('throughput is compared with the concurrent control, by share', () => {
  const measured = (verdict: Verdict) => verdict.score.parts.find((part) => part.name === 'throughput')!.measured;
  const look = (loaded: number, controlLoaded: number, shares: [number, number], monitoring = {}) => {
    const observation = observationWith({ canary: small({ loaded }), control: small({ loaded: controlLoaded }) });
    observation.periods[0]!.shares = { canary: shares[0], control: shares[1] };
    return measured(judge(observation, judgedRollout({}, monitoring)));
  };
  it.each<[string, number, number, [number, number], number | null]>([
    ['half and half, as many', 100, 100, [50, 50], 100],
    ['5 % of visitors, 5 % of loads', 50, 950, [5, 95], 100],
    ['5 % of visitors, half of what is due', 25, 950, [5, 95], 50],
    ['nobody is left in the control', 100, 0, [100, 0], null],
    ['so few are due that chance would decide', 5, 95, [5, 95], null],
    ['another rollout of the building has its share', 100, 700, [10, 70], 100],
  ])('%s', (_, loaded, controlLoaded, shares, expected) => {
    const value = look(loaded, controlLoaded, shares);
    if (expected === null) expect(value).toBeNull();
    else expect(value).toBeCloseTo(expected, 9);
  });

  it('a configured baseline (per minute) is used instead', () => {
    expect(look(100, 0, [100, 0], { baseline_throughput: 20 })).toBeCloseTo(50, 9);
  });

  it('over the shares of the whole step', () => {
    const observation = observationWith({ canary: small({ loaded: 150 }), control: small({ loaded: 850 }) });
    observation.periods = [
      { period: 0, step: 0, started_at: 0, shares: { canary: 10, control: 90 } },
      { period: 1, step: 0, started_at: 300_000, shares: { canary: 20, control: 80 } },
    ];
    expect(measured(judge(observation, judgedRollout()))).toBeCloseTo(100, 9);
  });
});

describe('the comparison', () => {
  it('adds up over periods by their shares, never pooled', () => {
    const periods = [5, 50].map((percentage, period) => ({
      period,
      step: period,
      started_at: period,
      shares: { canary: percentage, control: 100 - percentage },
    }));
    // An incident in the second period, in both arms alike: pooled at 5 % it would be damning.
    const trials = [
      { period: 0, arms: { canary: trialOf({ failed: 5 }), control: trialOf({ failed: 95 }) } },
      { period: 1, arms: { canary: trialOf({ failed: 500 }), control: trialOf({ failed: 500 }) } },
    ];
    const outcome = judge(observationWith({ step: 1, periods, overall: { periods: trials, ranks: {} } }), judgedRollout());
    expect(outcome.evidence.comparisons[0]!.relative_risk).toBeCloseTo(1, 1);
    expect(outcome.evidence.e_value).toBeLessThan(2);
  });

  it('weighs what it is asked for: ranks alone are enough where nothing else is compared', () => {
    const worseBy = (log: number) => {
      const observation = observationWith();
      observation.overall.ranks = { lcp: { canary: ranksOf(log) } };
      return judge(observation, judgedRollout({ compare: ['lcp'] })).evidence.e_value;
    };
    expect(worseBy(5)).toBeCloseTo(Math.exp(5), 6);
    const observation = observationWith();
    observation.overall.ranks = { latency: { canary: ranksOf(5) } };
    const { comparisons, e_value: all } = judge(observation, judgedRollout()).evidence;
    const [errors, silence, latency] = comparisons.map(({ e_value: one }) => one) as [number, number, number];
    expect(all).toBeCloseTo(0.45 * errors + 0.1 * silence + 0.45 * latency, 6);
  });

  it('of segments has a fifth of the weight', () => {
    const observation = observationWith();
    observation.segments = {
      korea: { periods: [{ period: 0, arms: { canary: trialOf({ failed: 30 }), control: trialOf({ failed: 10 }) } }], ranks: {} },
    };
    const { reasons, evidence } = judge(observation, judgedRollout({ segments: ['korea', 'nowhere'] }));
    expect(reasons[0]!.code).toBe('worse-than-control');
    expect(reasons[0]!.message).toContain('in segment korea');
    expect(evidence.comparisons.filter(({ segment }) => segment === 'korea')).toHaveLength(3);
  });

  it('of several arms each has its part of alpha', () => {
    const observation = observationWith();
    observation.periods[0]!.shares = { one: 25, two: 25, control: 50 };
    observation.arms = { one: observation.arms.canary!, two: observation.arms.canary!, control: observation.arms.control! };
    observation.overall.periods = [
      { period: 0, arms: { one: trialOf({ failed: 40 }), two: trialOf({ failed: 400 }), control: trialOf({ failed: 80 }) } },
    ];
    const { evidence, reasons } = judge(observation, judgedRollout({ alpha: 0.01 }));
    expect(evidence.threshold).toBeCloseTo(200, 9);
    expect(reasons[0]!.message).toMatch(/^two: /);
  });
});

describe('errors that come from few networks', () => {
  const crowd = {
    exposed: 1_000,
    failed: 40,
    exposed_pairs: 500,
    failed_pairs: 160,
    worst: Array.from({ length: 5 }, () => ({ exposed: 10, failed: 8 })),
  };
  const spread = {
    exposed: 1_000,
    failed: 40,
    exposed_pairs: 500,
    failed_pairs: 1,
    worst: Array.from({ length: 32 }, () => ({ exposed: 2, failed: 1 })),
  };
  const attacked: Seen = { canary: { failed: 40, health: { failed_visitors: 150 } } };
  const seen = (overrides: Seen): Verdict => judge(observationWith({ ...attacked, ...overrides }), judgedRollout({ promotion: 'limits' }));

  it('must be looked up before such a version is taken back', () => {
    expect(needsNetworks(seen({}))).toBe(true);
    expect(needsNetworks(seen({ networks: { canary: spread } }))).toBe(false);
    expect(needsNetworks(judge(observationWith(), judgedRollout()))).toBe(false);
    const failed = { metrics: [metricOf({ failures: 3 })] };
    expect(needsNetworks(judge(observationWith({ ...attacked, ...failed }), judgedRollout(withMetric())))).toBe(false);
  });

  it('pause it', () => {
    const { reasons, recommendation, verdict } = seen({ networks: { canary: crowd } });
    expect([reasons[0]!.code, recommendation, verdict]).toEqual(['concentrated', 'pause', 'inconclusive']);
    expect(reasons[0]!.message).toContain('40 of the 40 visitors of canary that failed come from 5 networks');
  });

  it.each<[string, Seen]>([
    ['that are spread over all networks', { networks: { canary: spread } }],
    ['of the control alone', { networks: { control: crowd, canary: spread } }],
    [
      'beside slowness that would take it back alone',
      { networks: { canary: crowd }, overall: { ...observationWith(attacked).overall, ranks: { latency: { canary: ranksOf(9) } } } },
    ],
    ['beside bad feedback', { networks: { canary: crowd }, canary: { failed: 40, health: { feedback_count: 40, feedback_sum: 0 } } }],
  ])('take it back all the same: %s', (_, overrides) => expect(seen(overrides).recommendation).toBe('roll-back'));

  it('silence from few networks pauses too', () => {
    const observation = observationWith({
      canary: { silent: 90, failed: 10 },
      networks: {
        canary: { ...crowd, failed: 100, failed_pairs: 900, worst: Array.from({ length: 5 }, () => ({ exposed: 20, failed: 19 })) },
      },
    });
    expect(judge(observation, judgedRollout({ promotion: 'limits' })).reasons[0]!.code).toBe('concentrated');
  });
});

describe('an A/B test', () => {
  const experiment = Experiment.parse({
    variants: ['a', 'b'].map((name) => ({ name, units: {} })),
  });
  const seen = (goals: [number, number], step: number): Verdict => {
    const observation = observationWith({ step, percentage: 50 });
    const [a, b] = goals.map((count) =>
      healthOf({ ...observation.arms.canary, exposures: 10_000, goals: count, goal_sum: count, goal_sum_squares: count }),
    );
    const { canary, control } = observation.overall.periods[0]!.arms;
    return judge(
      {
        ...observation,
        control: 'a',
        arms: { a: a!, b: b! },
        periods: [{ ...observation.periods[0]!, shares: { a: 50, b: 50 } }],
        overall: { periods: [{ period: 0, arms: { a: control!, b: canary! } }], ranks: {} },
      },
      { ...judgedRollout(), experiment },
    );
  };

  it('holds at its end until there is a result', () => {
    expect(seen([1_000, 1_010], 3).reasons.map(({ code }) => code)).toEqual(['horizon']);
    expect(seen([1_000, 1_400], 3)).toMatchObject({ recommendation: 'advance', test: { outcome: 'winner', winner: 'b' } });
    expect(seen([1_000, 1_010], 0)).toMatchObject({ recommendation: 'advance', test: { outcome: 'undecided' } });
  });
});

describe('what it says', () => {
  const message = (seen: Seen, analysis: Analysis = {}) => judge(observationWith(seen), judgedRollout(analysis)).reasons[0]!.message;
  it.each<[string, Seen, string]>([
    [
      'errors',
      { canary: { failed: 40 } },
      '40 of 1,000 visitors had an error, 4 times as often as in the control (evidence over a million of 111 needed).',
    ],
    ['silence', { canary: { silent: 60 } }, '60 of 1,000 visitors were never heard of, 6 times as often as in the control'],
    [
      'no errors in the control',
      { canary: { failed: 9 }, control: { failed: 0 } },
      '9 of 1,000 visitors had an error, and none in the control',
    ],
    [
      'sample ratio',
      { canary: { exposed: 800 } },
      '800 of 19,800 visitors were given canary, where 990 were planned. Its exposures are lost on the way: perhaps it breaks',
    ],
    ['too many of the arm', { canary: { exposed: 1_400 } }, "The control's exposures are lost on the way"],
    [
      'evidence',
      { control: { failed: 30 }, canary: { failed: 0 } },
      '3 times as many errors as in the control cannot be ruled out yet (62 % of the evidence): about ',
    ],
    ['no errors', { control: { failed: 0 }, canary: { failed: 0 } }, 'cannot be ruled out yet: there have been none that count'],
    [
      'an incident',
      { incident: true, control: { failed: 30 }, canary: { failed: 0 } },
      'errors are far above what is usual, and are no evidence meanwhile.',
    ],
    ['a muted arm', { canary: { timed: 300, slow: 0 } }, 'far less is reported than of the control.'],
    [
      'a shared cause',
      { canary: { health: { failed_visitors: 100 } }, control: { health: { failed_visitors: 1_900 } } },
      '100 of 1000 visitors had an error (10 %, limit 5 %). So it is in the control: the new version is not the cause.',
    ],
  ])('%s', (_, seen, expected) => expect(message(seen)).toContain(expected));
});

describe('whatever was counted', () => {
  const count = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 2 ** 50 }));
  const counts: fc.Arbitrary<Counts> = fc.record({
    exposed: count,
    failed: count,
    settled: count,
    silent: count,
    timed: count,
    slow: count,
  });
  const sum = fc.oneof(count, fc.double({ min: 0, max: 1e15, noNaN: true }));
  const health = fc.record({
    exposures: count,
    visitors: count,
    loaded: count,
    load_failures: count,
    failed_visitors: count,
    latency_count: count,
    latency_sum_ms: sum,
    latency_sum_squares: sum,
    feedback_count: count,
    feedback_sum: sum,
    goals: count,
    goal_sum: sum,
    goal_sum_squares: sum,
  });
  const share = fc.oneof(fc.constantFrom(0, 5, 50, 100), fc.double({ min: 0, max: 100, noNaN: true }));
  const log = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  const observations: fc.Arbitrary<Observation> = fc
    .record({
      counts: fc.array(fc.tuple(share, share, counts, counts), { maxLength: 4 }),
      canary: health,
      control: health,
      log,
      step: fc.integer({ min: 0, max: 60 }),
      at: fc.integer({ min: 0, max: 1e12 }),
      network: fc.tuple(count, count, sum, sum),
    })
    .map(({ counts: rows, canary, control, log: ranks, step, at, network: [exposed, failed, exposed_pairs, failed_pairs] }) => ({
      ...observationWith(),
      at,
      step,
      arms: { canary, control },
      periods: rows.map(([one, other], period) => ({ period, step: period, started_at: period, shares: { canary: one, control: other } })),
      overall: {
        periods: rows.map(([, , one, other], period) => ({ period, arms: { canary: trialOf(one), control: trialOf(other) } })),
        ranks: { latency: { canary: ranksOf(ranks) } },
      },
      networks: {
        canary: {
          exposed,
          failed,
          exposed_pairs,
          failed_pairs,
          worst: [{ exposed, failed }],
          heaviest: [{ exposed, failed }],
          exposed_anywhere: exposed + failed,
        },
      },
    }));

  it('there is a verdict, valid, finite, and the same each time', () => {
    fc.assert(
      fc.property(observations, (observation) => {
        const rollout = judgedRollout({ segments: ['korea'], margin: 1.1 });
        const outcome = judge(observation, rollout);
        expect(Verdict.parse(outcome)).toEqual(outcome);
        expect(judge(structuredClone(observation), rollout)).toEqual(outcome);
      }),
      { numRuns: process.env.CONCIERGE_LONG ? 20_000 : 600 },
    );
  });
});

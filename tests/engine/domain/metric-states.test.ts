import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_TALLY, addToTally, gradeMeasurement } from '#engine/domain/grade-measurement.ts';
import { isMetricDue, metricStatesOf } from '#engine/domain/metric-states.ts';
import { metricSubjects } from '#engine/domain/metric-subjects.ts';
import { Metric } from '#schemas/analysis.ts';
import { ExperimentPlan } from '#schemas/experiment.ts';
import { type Measurement, type MetricAnswer, MetricGrade, type MetricTally } from '#schemas/measurement.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { z } from '#schemas/zod.ts';
import { NOW, shopWithRollout } from '../../support/fixtures.ts';

const SECOND = 1_000;
type MetricInput = z.input<typeof Metric>;

const metricOf = (overrides: Partial<MetricInput> = {}): Metric =>
  Metric.parse({
    name: 'errors',
    query: { kind: 'prometheus', source: 'prometheus', query: 'errors' },
    failure: { gt: 1 },
    ...overrides,
  });

/** A rollout of these units, or an A/B test between them and what is stable, in these arms. */
function rolloutWith(metric: Metric, units = ['main@1.1.0'], arms?: string[]): Rollout {
  const rollout = shopWithRollout({ units, analysis: { metrics: [metric] } }).rollouts['main-1']!;
  if (!arms) return rollout;
  const byBuilding = Object.fromEntries(units.map((id) => [id.split('@')[0]!, id]));
  const variants = [{ name: 'stable', weight: 1, units: {} }, ...arms.map((name) => ({ name, weight: 1, units: byBuilding }))];
  const plan = ExperimentPlan.parse({ variants: [{ name: 'a' }, { name: 'b', units }] });
  return { ...rollout, strategy: 'ab_test', experiment: { ...plan, variants } };
}

const measured = (
  rollout: Rollout,
  overrides: Partial<Omit<Measurement, 'tally'>> & { tally?: Partial<MetricTally> } = {},
): Measurement => ({
  rollout: rollout.id,
  run: rollout.step_started_at,
  metric: 'errors',
  subject: '',
  number: 1,
  at: NOW,
  grade: 'success',
  value: 0,
  message: '0, which is not > 1',
  ...overrides,
  tally: { ...NO_TALLY, successes: 1, ...overrides.tally },
});

describe('what a value means', () => {
  const both = { success: { lt: 1 }, failure: { gte: 2 } };
  it.each<[string, Partial<MetricInput>, number, MetricGrade, string]>([
    ['success alone, met', { success: { lt: 1 }, failure: undefined }, 0.5, 'success', '0.5, which is < 1'],
    ['success alone, not met', { success: { lt: 1 }, failure: undefined }, 1, 'failure', '1, which is not < 1'],
    ['failure alone, met', { failure: { gte: 2 } }, 2, 'failure', '2, which is ≥ 2'],
    ['failure alone, not met', { failure: { gte: 2 } }, 1.9, 'success', '1.9, which is not ≥ 2'],
    ['both, in between', both, 1.5, 'inconclusive', '1.5, neither < 1 nor ≥ 2'],
    ['both, good', both, 0, 'success', '0, which is < 1'],
    ['both, bad', both, 3, 'failure', '3, which is ≥ 2'],
    ['both at once', { success: { lt: 3 }, failure: { gt: 1 } }, 2, 'failure', '2, which is > 1'],
    ['a band, inside', { success: { gte: 1, lte: 2 }, failure: undefined }, 2, 'success', '2, which is ≥ 1 and ≤ 2'],
    ['a band, outside', { success: { gt: 1, lt: 2 }, failure: undefined }, 2, 'failure', '2, which is not > 1 and < 2'],
    ['only shown', { role: 'info', failure: undefined }, 7, 'success', '7'],
  ])('%s', (_, input, value, grade, message) => {
    expect(gradeMeasurement(metricOf(input), { outcome: 'value', value })).toEqual({ grade, value, message });
  });

  it.each([Number.NaN, Infinity, -Infinity])('%s is never a success, whatever the thresholds', (value) => {
    for (const thresholds of [{ success: { gt: -1 } }, { failure: { gt: 1 } }, { role: 'info' as const, failure: undefined }]) {
      expect(gradeMeasurement(metricOf(thresholds), { outcome: 'value', value })).toMatchObject({ grade: 'inconclusive', value: null });
    }
  });

  it("a source's words become one short line", () => {
    const answer: MetricAnswer = { outcome: 'error', reason: `bad\r\n\u001b[31m${'x'.repeat(1_000)}` };
    const { message } = gradeMeasurement(metricOf(), answer);
    expect(message).toMatch(/^bad \[31mx+$/);
    expect(message.length).toBeLessThanOrEqual(500);
  });

  it('tallies are what a count from the beginning gives', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...MetricGrade.options)), (grades) => {
        const count = (grade: MetricGrade): number => grades.filter((one) => one === grade).length;
        const inRow = grades.length - 1 - grades.findLastIndex((grade) => grade !== 'error');
        expect(grades.reduce(addToTally, NO_TALLY)).toEqual({
          successes: count('success'),
          failures: count('failure'),
          inconclusive: count('inconclusive'),
          errors: count('error'),
          consecutive_errors: inRow,
        });
      }),
    );
  });
});

describe('what is asked', () => {
  const two = ['main@1.1.0', 'header@1.1.0'];
  it.each<[string, string, string[]]>([
    ['nothing of the rollout', 'up', ['']],
    ['its id only', 'x{r="{{rollout}}", e="{{environment}}", a="{{apartment}}"}', ['']],
    ['the arm', 'x{arm="{{arm}}"}', ['blue', 'green']],
    ['the building', 'x{b="{{building}}"}', ['main', 'header']],
    ['the unit', 'x{u="{{unit}}"}', ['blue/main', 'blue/header', 'green/main', 'green/header']],
  ])('a query that depends on %s', (_, query, names) => {
    const metric = metricOf({ query: { kind: 'prometheus', source: 'prometheus', query } });
    expect(metricSubjects(rolloutWith(metric, two, ['blue', 'green']), metric).map(({ name }) => name)).toEqual(names);
  });

  it('a path depends on what stands in it too; the unit is the new one', () => {
    const metric = metricOf({ query: { kind: 'web', source: 'billing', path: '/v1/{{unit}}' } });
    expect(metricSubjects(rolloutWith(metric), metric)).toEqual([
      { name: 'canary/main', arm: 'canary', building: 'main', unit: 'main@1.1.0' },
    ]);
  });
});

describe('when it is due', () => {
  const metric = metricOf({ interval_seconds: 60, initial_delay_seconds: 120 });
  const rollout = rolloutWith(metric);
  const due = (atSeconds: number, latest?: Partial<Measurement>): boolean =>
    isMetricDue(rollout, metric, latest && measured(rollout, latest), NOW + atSeconds * SECOND);
  it.each<[string, boolean, boolean]>([
    ['not before its warm-up is over', due(119.9), false],
    ['then at once', due(120), true],
    ['not before its interval has passed', due(179, { at: NOW + 120 * SECOND }), false],
    ['then again', due(180, { at: NOW + 120 * SECOND }), true],
    ['not while it is being asked', due(179, { at: NOW + 120 * SECOND, grade: null }), false],
    ['again when whoever asked is gone', due(180, { at: NOW + 120 * SECOND, grade: null }), true],
    ['not when the clock jumped back a little', due(121, { at: NOW + 170 * SECOND }), false],
    ['again when it jumped back by more than an interval', due(121, { at: NOW + 1_000 * SECOND }), true],
    ['not before the step began', isMetricDue(rollout, metric, undefined, NOW - 1), false],
  ])('%s', (_, is, expected) => expect(is).toBe(expected));

  it('with a short interval, one that is asked and not answered holds for as long as asking may take', () => {
    const quick = metricOf({ interval_seconds: 1 });
    const asked = measured(rolloutWith(quick), { grade: null });
    expect(isMetricDue(rolloutWith(quick), quick, asked, NOW + 29 * SECOND)).toBe(false);
    expect(isMetricDue(rolloutWith(quick), quick, asked, NOW + 30 * SECOND)).toBe(true);
  });
});

describe('the state of a metric', () => {
  const metric = metricOf({ failure_limit: 2 });
  const rollout = rolloutWith(metric);

  it('is what its latest measurement says', () => {
    const [state] = metricStatesOf(rollout, [measured(rollout, { tally: { successes: 4, failures: 1 } })], NOW + 10 * SECOND);
    expect(state).toEqual({
      name: 'errors',
      role: 'guardrail',
      dry_run: false,
      successes: 4,
      failures: 1,
      inconclusive: 0,
      errors: 0,
      consecutive_errors: 0,
      last: { at: NOW, value: 0, message: '0, which is not > 1' },
      due: true,
    });
  });

  it.each<[string, Partial<Measurement>]>([
    ['another run', { run: NOW - 1 }],
    ['another rollout', { rollout: 'other' }],
    ['another metric', { metric: 'latency' }],
    ['another subject', { subject: 'canary' }],
  ])('has nothing of %s', (_, overrides) => {
    expect(metricStatesOf(rollout, [measured(rollout, overrides)], NOW)).toMatchObject([{ successes: 0, last: null, due: true }]);
  });

  it.each<[string, number, boolean]>([
    ['within two intervals and the time of asking', 149, true],
    ['after that', 151, false],
    ['a day later, as when the engine was down', 86_400, false],
    ['when the clock jumped back behind it', -151, false],
  ])('good news is news %s', (_, seconds, fresh) => {
    const [state] = metricStatesOf(rollout, [measured(rollout, { tally: { successes: 9, failures: 2 } })], NOW + seconds * SECOND);
    expect([state!.successes, state!.last !== null, state!.failures]).toEqual(fresh ? [9, true, 2] : [0, false, 2]);
  });

  describe('of several arms is that of the worst', () => {
    const byArm = metricOf({
      query: { kind: 'prometheus', source: 'prometheus', query: 'errors{arm="{{arm}}"}' },
      failure_limit: 2,
      inconclusive_limit: 5,
      consecutive_error_limit: 3,
    });
    const several = rolloutWith(byArm, undefined, ['blue', 'green']);
    const good = { tally: { successes: 9 } };
    it.each<[string, { tally: Partial<MetricTally> } | null, { tally: Partial<MetricTally> } | null, Partial<MetricTally>]>([
      [
        'a broken limit before more failures that are borne',
        { tally: { failures: 2 } },
        { tally: { inconclusive: 6 } },
        { inconclusive: 6 },
      ],
      ['failures before errors', { tally: { failures: 3 } }, { tally: { errors: 9, consecutive_errors: 9 } }, { failures: 3 }],
      ['what was not measured before what is good', good, null, { successes: 0 }],
      ['a borne failure before none', good, { tally: { successes: 8, failures: 1 } }, { failures: 1 }],
      ['fewer successes before more', good, { tally: { successes: 3 } }, { successes: 3 }],
    ])('%s', (_, blue, green, worst) => {
      for (const [one, other] of [
        [blue, green],
        [green, blue],
      ]) {
        const rows = [
          ...(one ? [measured(several, { subject: 'blue', ...one })] : []),
          ...(other ? [measured(several, { subject: 'green', ...other })] : []),
        ];
        expect(metricStatesOf(several, rows, NOW)).toMatchObject([worst]);
      }
    });

    it('and says which it is', () => {
      const rows = [measured(several, { subject: 'blue' }), measured(several, { subject: 'green', tally: { failures: 1 } })];
      expect(metricStatesOf(several, rows, NOW)[0]!.last!.message).toBe('green: 0, which is not > 1');
    });
  });

  it('a rollout from before there was analysis has none', () => {
    const { analysis: _, ...old } = rollout;
    expect(metricStatesOf(old, [], NOW)).toEqual([]);
  });
});

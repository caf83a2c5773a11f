import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetricSources } from '#engine/adapters/create-metric-sources.ts';
import { createMeasurer } from '#engine/controller/measure.ts';
import { metricStates } from '#engine/services/metric-states.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { MetricQuery } from '#schemas/analysis.ts';
import type { MetricAnswer } from '#schemas/measurement.ts';
import type { z } from '#schemas/zod.ts';
import { PLACE, planOf } from '../support/fixtures.ts';
import { type Daemon, startPrometheus, until } from '../support/monitoring.ts';
import { ANA, seedShop, testServices } from '../support/services.ts';

/** The adapter against a Prometheus that scrapes an exporter of this test each second. */

const UNIT = 'main@1.1.0';
const VARIABLES = { arm: 'canary', unit: UNIT, rollout: 'main-1', building: 'main', ...PLACE };

let exporter: Server;
let prometheus: Daemon;
let ask: (
  query: string,
  range?: Partial<NonNullable<Extract<z.input<typeof MetricQuery>, { kind: 'prometheus' }>['range']>>,
) => Promise<MetricAnswer>;

const exposition = (): string =>
  [
    `shop_error_ratio{arm="canary",unit="${UNIT}"} 0.25`,
    'shop_error_ratio{arm="control",unit="main@1.0.0"} 0.01',
    'shop_nothing{arm="canary"} NaN',
    'shop_endless{arm="canary"} +Inf',
    `shop_clock_seconds ${Date.now() / 1_000}`,
    'shop_latency_bucket{le="0.1"} 90',
    'shop_latency_bucket{le="+Inf"} 100',
    '',
  ].join('\n');

beforeAll(async () => {
  exporter = createServer((_, response) => response.setHeader('content-type', 'text/plain; version=0.0.4').end(exposition()));
  await new Promise<void>((done) => exporter.listen(0, '127.0.0.1', done));
  prometheus = await startPrometheus(`127.0.0.1:${(exporter.address() as AddressInfo).port}`);
  const sources = createMetricSources([{ name: 'prometheus', kind: 'prometheus', url: prometheus.url }]);
  ask = (query, range) =>
    sources.ask(
      MetricQuery.parse({
        kind: 'prometheus',
        source: 'prometheus',
        query,
        ...(range ? { range: { minutes: 0.1, step_seconds: 1, ...range } } : {}),
      }),
      VARIABLES,
      { at: Date.now() },
    );
  // Scraped for long enough that a range of six seconds is full.
  await until(
    () => ask('count_over_time(shop_clock_seconds[1m])'),
    (answer) => answer.outcome === 'value' && answer.value >= 7,
  );
});

afterAll(async () => {
  await prometheus?.stop();
  exporter?.close();
});

describe('one number', () => {
  it.each<[string, string, number]>([
    ['of the arm that is filled in', 'shop_error_ratio{arm="{{arm}}"}', 0.25],
    ['of the unit, in single quotes', "shop_error_ratio{unit='{{unit}}'}", 0.25],
    ['of the unit, in backticks', 'shop_error_ratio{unit=`{{unit}}`}', 0.25],
    ['a scalar', 'scalar(shop_error_ratio{arm="{{arm}}"}) * 4', 1],
    ['an aggregate', 'max(shop_error_ratio)', 0.25],
    ['a small one', 'vector(1e-12)', 1e-12],
  ])('%s', async (_, query, value) => expect(await ask(query)).toEqual({ outcome: 'value', value }));
});

describe('inconclusive', () => {
  it.each<[string, string, RegExp]>([
    ['NaN', 'shop_nothing', /gives NaN/],
    ['zero by zero', 'vector(0) / vector(0)', /gives NaN/],
    ['Inf', 'shop_endless', /gives \+Inf/],
    ['minus Inf', 'scalar(-shop_endless)', /gives -Inf/],
    ['no series', 'shop_error_ratio{arm="nobody"}', /no series/],
    ['several series', 'shop_error_ratio', /2 series/],
    ['a scalar of several series', 'scalar(shop_error_ratio)', /gives NaN/],
  ])('%s', async (_, query, reason) =>
    expect(await ask(query)).toEqual({ outcome: 'inconclusive', reason: expect.stringMatching(reason) }),
  );
});

describe('an error', () => {
  it.each<[string, string, RegExp]>([
    ['bad_data', 'shop_error_ratio{arm=', /^bad_data: .*parse error/],
    ['a range of points', 'shop_error_ratio[1m]', /a matrix, not one number/],
    ['a text', '"healthy"', /a string, not one number/],
    ['a query that fails', 'label_replace(shop_error_ratio, "a-b", "", "", "")', /^(?:execution|bad_data)/],
  ])('%s', async (_, query, reason) => expect(await ask(query)).toEqual({ outcome: 'error', reason: expect.stringMatching(reason) }));
});

describe('a range', () => {
  it.each<[string, 'mean' | 'min' | 'max' | 'last', string, number]>([
    ['mean', 'mean', 'shop_error_ratio{arm="{{arm}}"}', 0.25],
    ['min', 'min', 'min(shop_error_ratio)', 0.01],
    ['max', 'max', 'max(shop_error_ratio)', 0.25],
    ['last', 'last', 'vector(7)', 7],
    ['a scalar, which is a series here', 'mean', '3', 3],
  ])('%s', async (_, reduce, query, value) => {
    const answer = await ask(query, { reduce });
    expect(answer.outcome === 'value' && answer.value).toBeCloseTo(value, 10);
  });

  it('is of the time that was asked for, in its order', async () => {
    const [min, last, max] = await Promise.all((['min', 'last', 'max'] as const).map((reduce) => ask('shop_clock_seconds', { reduce })));
    const values = [min, last, max].map((answer) => (answer?.outcome === 'value' ? answer.value : Number.NaN));
    expect(values[2]! - values[0]!).toBeGreaterThanOrEqual(4);
    expect(Math.abs(values[1]! - Date.now() / 1_000)).toBeLessThan(5);
    expect(values[1]).toBeGreaterThan(values[0]!);
  });

  it.each<[string, string, RegExp]>([
    ['a NaN', 'shop_nothing', /gives NaN/],
    ['an Inf', 'shop_endless', /gives \+Inf/],
    ['no series', 'shop_nobody', /no series/],
    ['several series', 'shop_error_ratio', /2 series/],
  ])('inconclusive: %s', async (_, query, reason) =>
    expect(await ask(query, {})).toEqual({ outcome: 'inconclusive', reason: expect.stringMatching(reason) }),
  );

  it('of a series that ended in the middle', async () => {
    const middle = Date.now() / 1_000 - 4;
    const answer = await ask(`shop_error_ratio{arm="canary"} and on() (vector(time()) < ${middle})`, {});
    expect(answer).toEqual({ outcome: 'inconclusive', reason: expect.stringMatching(/ended \d s ago/) });
  });

  it('an error: bad_data', async () =>
    expect(await ask('sum(', {})).toEqual({ outcome: 'error', reason: expect.stringMatching(/^bad_data/) }));
});

it('an exporter that is down is no success: its series end; then Prometheus is down too', async () => {
  const services = { ...testServices(), now: Date.now };
  await seedShop(services);
  const metrics = [
    {
      name: 'ratio',
      query: { kind: 'prometheus' as const, source: 'prometheus', query: 'shop_error_ratio{unit="{{unit}}"}' },
      failure: { gt: 0.5 },
    },
  ];
  const { rollout } = await startRollout(
    services,
    PLACE,
    planOf({ analysis: { metrics: metrics.map((one) => ({ ...one, interval_seconds: 1 })) } }),
    ANA,
  );
  const sources = createMetricSources([{ name: 'prometheus', kind: 'prometheus', url: prometheus.url }]);
  const errors: unknown[] = [];
  const measurer = createMeasurer({ services, sources, onError: (error) => errors.push(error) });
  const state = async () => {
    await measurer.run();
    await measurer.idle();
    return (await metricStates(services, PLACE, rollout))[0]!;
  };
  expect(await until(state, ({ successes }) => successes >= 2)).toMatchObject({ failures: 0, errors: 0, last: { value: 0.25 } });

  exporter.closeAllConnections();
  exporter.close();
  const empty = await until(state, ({ inconclusive }) => inconclusive >= 2);
  expect(empty).toMatchObject({ failures: 0, errors: 0, last: { value: null, message: 'canary/main: the query gives no series' } });

  await prometheus.stop();
  const down = await until(state, ({ consecutive_errors: inRow }) => inRow >= 2);
  expect(down.successes).toBe(empty.successes);
  expect(down.last).toMatchObject({ value: null, message: expect.stringContaining('ECONNREFUSED') });
  expect(errors).toEqual([]);
});

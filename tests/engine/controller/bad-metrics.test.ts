import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createMetricSources } from '#engine/adapters/create-metric-sources.ts';
import { createMeasurer } from '#engine/controller/measure.ts';
import { tick } from '#engine/controller/tick.ts';
import { currentPeriod, periodsOf } from '#engine/domain/shares.ts';
import { ingestBeacons } from '#engine/services/ingest-beacons.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import type { RolloutPlanInput } from '#schemas/rollout.ts';
import { MINUTE, PLACE, planOf } from '../../support/fixtures.ts';
import { listen } from '../../support/listen.ts';
import { ANA, seedShop, testServices } from '../../support/services.ts';
import { HOSTILE, answering, success, vector } from '../../support/sources.ts';

/** A metric source that answers badly lets no rollout advance: from the socket through the adapter, the measurer and the tick. */

const fail = (error: unknown): never => {
  throw error;
};

type MetricInput = NonNullable<NonNullable<RolloutPlanInput['analysis']>['metrics']>[number];
type Minute = { minute: number };

const VISITORS_PER_MINUTE = 20;

/**
 * Runs a rollout in which visitors do well for 35 minutes, or until it stops running. `answer` is what the source says in a
 * minute; null: nobody measures.
 */
async function run(answer: (at: Minute) => RequestListener | null, metric: Partial<MetricInput> = {}) {
  const services = testServices();
  await seedShop(services);
  const at: Minute = { minute: 0 };
  const { url } = await listen((request, response) => answer(at)!(request, response));
  const sources = createMetricSources([{ name: 'prometheus', kind: 'prometheus', url, timeoutMs: 200 }]);
  const measurer = createMeasurer({ services, sources, onError: fail });
  const query = { kind: 'prometheus' as const, source: 'prometheus', query: 'errors' };
  const metrics = [{ name: 'errors', query, failure: { gt: 1 }, interval_seconds: 60, ...metric }];
  const plan = planOf({ steps: [20, 50, 100], analysis: { compare: [], promotion: 'limits', metrics } });
  const { rollout: started } = await startRollout(services, PLACE, plan, ANA);
  const current = async () => (await services.revisions.head(PLACE))!.document.rollouts[started.id]!;
  let serial = 0;
  for (; at.minute < 35 && (await current()).state === 'running'; at.minute++) {
    const rollout = await current();
    const shares = Object.entries(periodsOf(rollout).at(-1)!.shares);
    const arms = shares.flatMap(([arm, share]) => Array.from({ length: (VISITORS_PER_MINUTE * share) / 100 }, () => arm));
    const events = arms.flatMap((arm): HealthEvent[] => {
      const base = { rollout: rollout.id, period: currentPeriod(rollout), arm, visitor: `v${serial++}`, at: services.now() };
      return [
        { ...base, kind: 'loaded' },
        { ...base, kind: 'latency', value: 120 },
      ];
    });
    await ingestBeacons(services, { ...PLACE, events });
    if (answer(at)) await measurer.run();
    await measurer.idle();
    await tick(services, fail);
    services.clock.now += MINUTE;
  }
  const { state, step, state_reason: reason } = await current();
  return { state, step, reason };
}

const always = (listener: RequestListener) => () => listener;
const GOOD = vector('0.5');

it('a good one lets it advance to the end, so that the rest of this table can fail', async () => {
  expect(await run(always(answering(GOOD)))).toMatchObject({ state: 'completed', step: 2 });
});

describe('no step is taken, and it is paused past the limit, when the source gives', () => {
  const inconclusive: [string, object][] = [
    ['NaN', vector('NaN')],
    ['+Inf', vector('+Inf')],
    ['-Inf', vector('-Inf')],
    ['an empty vector', vector()],
    ['several series', vector('0', '0')],
    ['a scalar that is NaN', success('scalar', [1, 'NaN'])],
    ['a warning', { ...GOOD, warnings: ['a store is down'] }],
  ];
  it.each(inconclusive)('%s', async (_, body) => {
    const { state, step, reason } = await run(always(answering(body)));
    expect([state, step]).toEqual(['paused', 0]);
    expect(reason).toContain('Metric errors was inconclusive 4 times; 3 are borne');
  });

  const errors: [string, RequestListener][] = [
    ['bad_data', answering({ status: 'error', errorType: 'bad_data', error: 'parse error' }, 400)],
    ['words for a number', answering(vector('fine'))],
    ['a text', answering(success('string', [1, 'healthy']))],
    ...HOSTILE.map(([name, listener]): [string, RequestListener] => [name, listener]),
  ];
  it.each(errors)('%s', async (_, listener) => {
    const { state, step, reason } = await run(always(listener));
    expect([state, step]).toEqual(['paused', 0]);
    expect(reason).toContain('The source of metric errors gave no answer 5 times in a row');
  });
});

describe('no step is taken', () => {
  const isLate = ({ minute }: Minute): boolean => minute >= 9;
  const down: RequestListener = (request) => void request.socket.destroy();
  it.each<[string, (at: Minute) => RequestListener | null, Partial<MetricInput>, string]>([
    ['when it fails just before the time is up', (at) => (isLate(at) ? down : answering(GOOD)), {}, 'paused'],
    ['when it is empty just before', (at) => answering(isLate(at) ? vector() : GOOD), {}, 'paused'],
    ['when its limits bear all of it', always(down), { consecutive_error_limit: 1_000 }, 'running'],
    ['when inconclusive ones are borne too', always(answering(vector())), { inconclusive_limit: 1_000 }, 'running'],
    [
      'when they are borne and came after good ones',
      (at) => (isLate(at) ? down : answering(GOOD)),
      { consecutive_error_limit: 1_000 },
      'running',
    ],
    ['when nobody measures', () => null, {}, 'running'],
    ['when nobody measures any more', ({ minute }) => (minute < 5 ? answering(GOOD) : null), {}, 'running'],
    ['when a signal fails', always(answering(vector('2'))), { role: 'signal' }, 'paused'],
    ['when a guardrail fails', always(answering(vector('2'))), {}, 'rolled-back'],
  ])('%s', async (_, answer, metric, state) => {
    expect(await run(answer, metric)).toMatchObject({ state, step: 0 });
  });
});

it.each<[string, Partial<MetricInput>]>([
  ['is only shown', { role: 'info' }],
  ['is on trial', { dry_run: true }],
])('a metric that %s decides nothing', async (_, metric) => {
  expect(await run(always(answering(vector('2'))), metric)).toMatchObject({ state: 'completed', step: 2 });
});

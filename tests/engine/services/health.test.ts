import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forgetVisitors } from '#engine/controller/forget-visitors.ts';
import { binOf } from '#engine/domain/evidence/bins.ts';
import { ingestBeacons } from '#engine/services/ingest-beacons.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { HEALTH_EVENT_KINDS, type HealthEvent } from '#schemas/beacon.ts';
import { TICKET_LIFETIME_MS } from '#schemas/limits.ts';
import { MINUTE, NOW, PLACE } from '../../support/fixtures.ts';
import { eventOf, firstsOf, folded, healthIn, ingest, shopMoving } from '../../support/health.ts';
import { ANA, testServices } from '../../support/services.ts';

describe('visitors count once', () => {
  it('per kind, however often they report; an error and a failed load make one failed visitor', async () => {
    const { services, rollout } = await shopMoving();
    const events = (['exposure', 'loaded', 'loaded', 'error', 'error', 'load_failed'] as const).map((kind) => eventOf(rollout, { kind }));
    expect(await ingest(services, ...events)).toEqual({ counted: 4, duplicates: 2, unknown: 0 });
    expect(await healthIn(services, rollout)).toMatchObject({ exposures: 1, visitors: 1, loaded: 1, load_failures: 1, failed_visitors: 1 });
    expect(await firstsOf(services, rollout)).toEqual({ '0 canary': { exposed: 1, answered: 1, failed: 1, values: {} } });
  });

  it('in health in every period and arm anew; with their first error, exposure and value once in the rollout', async () => {
    const { services, rollout } = await shopMoving();
    await moveRollout(services, PLACE, { type: 'promote-rollout', rollout, to: 'next-step' }, ANA);
    const kinds = ['exposure', 'loaded', 'error', 'latency'] as const;
    for (const where of [{}, { arm: 'control' }, { period: 1 }]) {
      await ingest(services, ...kinds.map((kind) => eventOf(rollout, { kind, value: 100, ...where })));
    }
    for (const [arm, period] of [
      ['canary', 0],
      ['control', 0],
      ['canary', 1],
    ] as const) {
      expect(await healthIn(services, rollout, arm, period)).toMatchObject({
        exposures: 1,
        visitors: 1,
        failed_visitors: 1,
        latency_count: 1,
      });
    }
    const none = { exposed: 0, answered: 0, failed: 0, values: {} };
    expect(await firstsOf(services, rollout)).toEqual({
      '0 canary': { exposed: 1, answered: 1, failed: 1, values: { [`latency ${binOf(100)}`]: 1 } },
      '0 control': none,
      '1 canary': none,
    });
  });

  it('and what they measured with them', async () => {
    const { services, rollout } = await shopMoving();
    const measured = { latency: 120, feedback: 80, goal: -2.5, lcp: 1_500, inp: 90, cls: 0.1 } as const;
    const events = Object.entries(measured).map(([kind, value]) => eventOf(rollout, { kind: kind as HealthEvent['kind'], value }));
    await ingest(services, ...events, ...events.map((event) => ({ ...event, value: 1 })));
    expect(await healthIn(services, rollout)).toMatchObject({
      latency_count: 1,
      latency_sum_ms: 120,
      latency_sum_squares: 14_400,
      feedback_count: 1,
      feedback_sum: 80,
      goals: 1,
      goal_sum: -2.5,
      goal_sum_squares: 6.25,
    });
    const { values } = (await firstsOf(services, rollout))['0 canary']!;
    expect(values).toEqual(
      Object.fromEntries((['latency', 'lcp', 'inp', 'cls'] as const).map((metric) => [`${metric} ${binOf(measured[metric])}`, 1])),
    );
  });

  it('a batch delivered twice, or after a restart, changes nothing', async () => {
    const { services, rollout } = await shopMoving();
    const batch = Array.from({ length: 30 }, (_, index) => eventOf(rollout, { visitor: `v${index}`, kind: 'latency', value: 100 }));
    await ingest(services, ...batch);
    const before = await folded(services, rollout);
    expect(await ingest(testServices(services.file), ...batch)).toEqual({ counted: 0, duplicates: 30, unknown: 0 });
    expect(await folded(services, rollout)).toEqual(before);
  });

  it.each<[string, Partial<HealthEvent>]>([
    ['an unknown rollout', { rollout: 'nope' }],
    ['a rollout on the prototype', { rollout: 'constructor' }],
    ['a period that has not begun', { period: 1 }],
    ['an arm that it does not have', { arm: 'treatment' }],
    ['an arm on the prototype', { arm: 'toString' }],
  ])('events of %s are told, not counted', async (_, overrides) => {
    const { services, rollout } = await shopMoving();
    expect(await ingest(services, eventOf(rollout, overrides), eventOf(rollout))).toEqual({ counted: 1, duplicates: 0, unknown: 1 });
  });

  it('a rollout that has ended still counts', async () => {
    const { services, rollout } = await shopMoving();
    await moveRollout(services, PLACE, { type: 'abort-rollout', rollout }, ANA);
    expect(await ingest(services, eventOf(rollout))).toMatchObject({ counted: 1, unknown: 0 });
  });
});

describe('an exposure and its report', () => {
  const exposure = { kind: 'exposure' } as const;
  const late = { kind: 'loaded', at: NOW + 5 * MINUTE } as const;

  it.each<[string, Partial<HealthEvent>[][]]>([
    ['in one batch', [[exposure, late]]],
    ['in one batch, the wrong way round', [[late, exposure]]],
    ['one after the other', [[exposure], [late]]],
    ['the report first', [[late], [exposure]]],
  ])('%s: the answer counts when and where the exposure was', async (_, batches) => {
    const { services, rollout } = await shopMoving();
    services.clock.now += 10 * MINUTE;
    for (const batch of batches) await ingest(services, ...batch.map((overrides) => eventOf(rollout, overrides)));
    const { deltas } = await services.health.look(PLACE, rollout);
    expect(deltas.filter(({ answered }) => answered > 0)).toMatchObject([{ minute: NOW / MINUTE, exposed: 1, answered: 1 }]);
  });

  it('of a segment count there, by the segments that the visitor was exposed in', async () => {
    const { services, rollout } = await shopMoving({ analysis: { segments: ['kr', 'ios'] } });
    await ingest(services, eventOf(rollout, { kind: 'exposure', segments: ['kr', 'elsewhere'] }));
    await ingest(services, eventOf(rollout, { kind: 'error', segments: ['ios'] }));
    expect(await firstsOf(services, rollout)).toEqual({
      '0 canary': { exposed: 1, answered: 1, failed: 1, values: {} },
      '0 canary kr': { exposed: 1, answered: 1, failed: 0, values: {} },
      '0 canary ios': { exposed: 0, answered: 0, failed: 1, values: {} },
    });
  });
});

/** A fixed value for each visitor and kind: the first one counts, so any other would make orders differ by right. */
const valueOf = ({ visitor, kind }: Pick<HealthEvent, 'visitor' | 'kind'>): number => (visitor.charCodeAt(0) * 7 + kind.length * 13) % 100;

it('order, repetition and grouping into batches do not matter', async () => {
  const visit = fc.record({
    visitor: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom(...HEALTH_EVENT_KINDS),
    at: fc.integer({ min: NOW - 300_000, max: NOW + 300_000 }),
  });
  // A visitor's arm, period and segments are their own; whose first was where is a question of order only for those who change.
  const where = fc.record({
    arm: fc.constantFrom('canary', 'control'),
    period: fc.constantFrom(0, 1),
    segments: fc.subarray(['kr', 'ios']),
  });
  const places = fc.record({ a: where, b: where, c: where });
  const { services, rollout } = await shopMoving({ analysis: { segments: ['kr', 'ios'] } });
  await moveRollout(services, PLACE, { type: 'promote-rollout', rollout, to: 'next-step' }, ANA);
  let group = 0;
  const difference = (before: unknown, after: unknown): unknown => {
    if (typeof after === 'number') return after - ((before as number | undefined) ?? 0);
    const entries = Object.entries(after as object).map(([name, value]) => [name, difference((before as any)?.[name], value)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== 0 && Object.keys(value as object).length !== 0));
  };
  const totals = async () => {
    const { health } = await folded(services, rollout);
    return { firsts: await firstsOf(services, rollout), health: Object.fromEntries(health.map(({ period, arms }) => [period, arms])) };
  };
  await fc.assert(
    fc.asyncProperty(fc.array(visit, { minLength: 1, maxLength: 25 }), places, fc.nat(), async (visits, of, seed) => {
      const named = (name: number): HealthEvent[] =>
        visits.map((one) => eventOf(rollout, { ...one, ...of[one.visitor as 'a'], value: valueOf(one), visitor: `${one.visitor}${name}` }));
      const start = await totals();
      await ingest(services, ...named(++group));
      const middle = await totals();
      const again = [...named(++group), ...named(group)]
        .map((each, index) => ({ each, rank: Math.imul(index + 1, 2654435761 ^ seed) >>> 0 }))
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ each }) => each);
      const size = 1 + (seed % 9);
      for (let from = 0; from < again.length; from += size) await ingest(services, ...again.slice(from, from + size));
      expect(difference(middle, await totals())).toEqual(difference(start, middle));
      await services.health.fold([], () => null, expect.fail); // so that what waits stays small
    }),
    { seed: 4, numRuns: process.env['CONCIERGE_LONG'] ? 10_000 : 150 },
  );
}, 600_000);

describe('who counted', () => {
  it('is forgotten only when no ticket can speak of the rollout any more; the counts stay', async () => {
    const { services, rollout } = await shopMoving();
    await ingest(services, eventOf(rollout), eventOf(rollout, { kind: 'exposure' }), eventOf(rollout, { visitor: 'v2' }));
    services.clock.now += 2 * TICKET_LIFETIME_MS;
    expect(await forgetVisitors(services)).toBe(0); // it is still live
    await moveRollout(services, PLACE, { type: 'abort-rollout', rollout }, ANA);
    services.clock.now += TICKET_LIFETIME_MS - 1;
    expect(await forgetVisitors(services)).toBe(0); // a ticket from its last moment may still come
    expect(await ingest(services, eventOf(rollout))).toMatchObject({ counted: 0, duplicates: 1 });
    services.clock.now += 2;
    expect(await forgetVisitors(services)).toBe(2);
    expect(await healthIn(services, rollout)).toMatchObject({ loaded: 2 });
  });
});

describe('a batch with a name', () => {
  it('counts once, whatever is in it', async () => {
    const { services, rollout } = await shopMoving();
    const deliver = (id: string, visitor: string) => ingestBeacons(services, { ...PLACE, id, events: [eventOf(rollout, { visitor })] });
    expect(await deliver('one', 'a')).toEqual({ counted: 1, duplicates: 0, unknown: 0 });
    expect(await deliver('one', 'b')).toEqual({ counted: 0, duplicates: 1, unknown: 0 });
    expect(await deliver('two', 'b')).toEqual({ counted: 1, duplicates: 0, unknown: 0 });
  });

  it('is remembered for a day', async () => {
    const { services, rollout } = await shopMoving();
    const deliver = (visitor: string) => ingestBeacons(services, { ...PLACE, id: 'one', events: [eventOf(rollout, { visitor })] });
    await deliver('a');
    await services.health.thinOut(NOW + 24 * 60 * MINUTE);
    expect(await deliver('b')).toMatchObject({ counted: 0 });
    await services.health.thinOut(NOW + 24 * 60 * MINUTE + 1);
    expect(await deliver('b')).toMatchObject({ counted: 1 });
  });

  it('that could not be written counts when it comes again', async () => {
    const { services, rollout } = await shopMoving();
    const batch = { ...PLACE, id: 'one', events: [eventOf(rollout), eventOf(rollout, { kind: 'exposure' })] };
    services.database.$client.exec("create trigger full before insert on health_mark_log begin select raise(abort, 'disk full'); end");
    await expect(ingestBeacons(services, batch)).rejects.toThrow('disk full');
    services.database.$client.exec('drop trigger full');
    expect(await ingestBeacons(services, batch)).toEqual({ counted: 2, duplicates: 0, unknown: 0 });
    expect(await healthIn(services, rollout)).toMatchObject({ exposures: 1, loaded: 1, visitors: 1 });
  });
});

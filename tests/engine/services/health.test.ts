import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ingestBeacons } from '#engine/services/ingest-beacons.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { forgetVisitors } from '#engine/controller/forget-visitors.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import { HEALTH_EVENT_KINDS } from '#schemas/beacon.ts';
import { TICKET_LIFETIME_MS } from '#schemas/limits.ts';
import { NOW, PLACE, planOf } from '../../support/fixtures.ts';
import { ANA, type TestServices, seedShop, testServices } from '../../support/services.ts';

async function shopMoving(): Promise<{ services: TestServices; rollout: string }> {
  const services = testServices();
  await seedShop(services);
  const { rollout } = await startRollout(services, PLACE, planOf(), ANA);
  return { services, rollout: rollout.id };
}

const eventOf = (rollout: string, overrides: Partial<HealthEvent> = {}): HealthEvent => ({
  rollout,
  step: 0,
  arm: 'canary',
  visitor: 'v1',
  kind: 'loaded',
  at: NOW,
  ...overrides,
});
const ingest = (services: TestServices, ...events: HealthEvent[]) => ingestBeacons(services, { ...PLACE, events });
const canary = async (services: TestServices, rollout: string) => (await services.health.ofStep(PLACE, rollout, 0)).get('canary');

describe('visitors count once', () => {
  it('per kind, however often they report; an error and a failed load make one failed visitor', async () => {
    const { services, rollout } = await shopMoving();
    const events = (['exposure', 'loaded', 'loaded', 'error', 'error', 'load_failed'] as const).map((kind) => eventOf(rollout, { kind }));
    expect(await ingest(services, ...events)).toEqual({ counted: 4, duplicates: 2, unknown: 0 });
    expect(await canary(services, rollout)).toEqual({
      exposures: 1,
      visitors: 1,
      loaded: 1,
      load_failures: 1,
      failed_visitors: 1,
      latency_count: 0,
      latency_sum_ms: 0,
      feedback_count: 0,
      feedback_sum: 0,
    });
  });

  it('in every step and arm anew', async () => {
    const { services, rollout } = await shopMoving();
    await ingest(services, eventOf(rollout), eventOf(rollout, { arm: 'control' }), eventOf(rollout, { step: 1 }));
    const arms = await services.health.ofStep(PLACE, rollout, 0);
    expect([arms.get('canary')!.loaded, arms.get('control')!.loaded]).toEqual([1, 1]);
    expect((await services.health.ofStep(PLACE, rollout, 1)).get('canary')!.loaded).toBe(1);
  });

  it('a batch delivered twice, or after a restart, changes nothing', async () => {
    const { services, rollout } = await shopMoving();
    const batch = Array.from({ length: 30 }, (_, index) => eventOf(rollout, { visitor: `v${index}`, kind: 'latency', value: 100 }));
    await ingest(services, ...batch);
    const before = await canary(services, rollout);
    expect(await ingest(testServices(services.file), ...batch)).toEqual({ counted: 0, duplicates: 30, unknown: 0 });
    expect(await canary(services, rollout)).toEqual(before);
  });

  it.each<[string, Partial<HealthEvent>]>([
    ['an unknown rollout', { rollout: 'nope' }],
    ['a rollout on the prototype', { rollout: 'constructor' }],
    ['a step that it does not have', { step: 4 }],
    ['an arm that it does not have', { arm: 'treatment' }],
  ])('events of %s are told, not counted', async (_, overrides) => {
    const { services, rollout } = await shopMoving();
    expect(await ingest(services, eventOf(rollout, overrides), eventOf(rollout))).toEqual({ counted: 1, duplicates: 0, unknown: 1 });
  });
});

it('order, repetition and grouping into batches do not matter', async () => {
  const kinds = fc.constantFrom(...HEALTH_EVENT_KINDS);
  const event = fc.record({
    visitor: fc.constantFrom('a', 'b', 'c'),
    kind: kinds,
    arm: fc.constantFrom('canary', 'control'),
    at: fc.integer({ min: NOW - 300_000, max: NOW + 300_000 }),
  });
  // The first value of a visitor's kind counts, so a fixed value per visitor and kind makes every order comparable.
  const valued = ({ visitor, kind, ...rest }: { visitor: string; kind: HealthEvent['kind']; arm: string; at: number }) => ({
    visitor,
    kind,
    ...rest,
    value: visitor.charCodeAt(0) % 100,
  });
  const { services, rollout } = await shopMoving();
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 25 }), fc.nat(), async (events, seed) => {
      const one = round++;
      const two = round++;
      const named = (group: number) => events.map((each) => eventOf(rollout, { ...valued(each), visitor: `${group}-${each.visitor}` }));
      const total = async () =>
        Object.fromEntries([...(await services.health.ofStep(PLACE, rollout, 0))].map(([arm, health]) => [arm, { ...health }]));
      const start = await total();
      await ingest(services, ...named(one));
      const middle = await total();
      const shuffled = [...named(two), ...named(two)]
        .map((each, index) => ({ each, rank: Math.imul(index + 1, 2654435761 ^ seed) >>> 0 }))
        .toSorted((a, b) => a.rank - b.rank);
      for (let from = 0; from < shuffled.length; from += 7)
        await ingest(services, ...shuffled.slice(from, from + 7).map(({ each }) => each));
      const end = await total();
      for (const arm of Object.keys(end)) {
        for (const field of Object.keys(end[arm]!) as (keyof (typeof end)[string])[]) {
          const first = (middle[arm]?.[field] ?? 0) - (start[arm]?.[field] ?? 0);
          const second = (end[arm]?.[field] ?? 0) - (middle[arm]?.[field] ?? 0);
          expect([arm, field, second]).toEqual([arm, field, first]);
        }
      }
    }),
    { numRuns: 60 },
  );
});

it('who counted is forgotten only when no ticket can speak of the rollout any more; the counts stay', async () => {
  const { services, rollout } = await shopMoving();
  await ingest(services, eventOf(rollout), eventOf(rollout, { kind: 'exposure' }));
  services.clock.now += 2 * TICKET_LIFETIME_MS;
  expect(await forgetVisitors(services)).toBe(0); // it is still live
  await moveRollout(services, PLACE, { type: 'abort-rollout', rollout }, ANA);
  services.clock.now += TICKET_LIFETIME_MS - 1;
  expect(await forgetVisitors(services)).toBe(0); // a ticket from its last moment may still come
  services.clock.now += 2;
  expect(await forgetVisitors(services)).toBe(3); // exposure, loaded, and "any"
  expect((await canary(services, rollout))!.loaded).toBe(1);
});

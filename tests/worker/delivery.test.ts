import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BeaconBatch } from '#schemas/beacon.ts';
import { MAX_BATCH_EVENTS } from '#schemas/limits.ts';
import { snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { bufferOf, eventsFrom, visitorsOf } from './buffer-support.ts';
import { sign } from './sign.ts';
import { type Mood, loaded, testEdge } from './support.ts';

const ALL_RETRIES = 10_500;

describe('events', () => {
  it('wait a moment for company, then go together', async () => {
    const { engine, clock, add } = bufferOf();
    add(eventsFrom(0, 3));
    await clock.pass(100);
    add(eventsFrom(3, 2));
    await clock.pass(149);
    expect(engine.batches).toEqual([]);
    await clock.pass(1);
    expect(engine.batches.map(({ events }) => visitorsOf(events))).toEqual([['v0', 'v1', 'v2', 'v3', 'v4']]);
  });

  it('go in batches that the engine accepts, in their order', async () => {
    const { engine, clock, buffer, add } = bufferOf();
    const events = eventsFrom(0, 2 * MAX_BATCH_EVENTS + 500);
    add(events);
    await clock.pass(250);
    expect(engine.batches.map((batch) => batch.events.length)).toEqual([MAX_BATCH_EVENTS, MAX_BATCH_EVENTS, 500]);
    for (const batch of engine.batches) expect(() => BeaconBatch.parse(batch)).not.toThrow();
    expect(engine.events()).toEqual(events);
    expect(buffer.report()).toEqual({ waiting: 0, dropped: 0, refused: 0, last_error: null });
  });

  it('of two apartments go apart', async () => {
    const { engine, clock, add } = bufferOf();
    add(eventsFrom(0, 2), 'shop');
    add(eventsFrom(2, 1), 'barn');
    add(eventsFrom(3, 1), 'shop');
    await clock.pass(250);
    expect(engine.batches.map(({ apartment, events }) => [apartment, ...visitorsOf(events)])).toEqual([
      ['shop', 'v0', 'v1', 'v3'],
      ['barn', 'v2'],
    ]);
  });

  it('that come after a delivery are delivered too', async () => {
    const { engine, clock, add } = bufferOf();
    for (let round = 0; round < 3; round++) {
      add(eventsFrom(round, 1));
      await clock.pass(250);
    }
    expect(engine.batches).toHaveLength(3);
  });
});

describe('an engine that is down', () => {
  it.each<Mood>(['throws', 'rejects'])('and %s gets everything later, once', async (mood) => {
    const { engine, clock, buffer, add } = bufferOf();
    engine.moods.deliver = mood;
    add(eventsFrom(0, 1_500));
    await clock.pass(250);
    await clock.pass(500);
    expect(engine.batches).toEqual([]);
    expect(buffer.report()).toEqual({ waiting: 1_500, dropped: 0, refused: 0, last_error: expect.stringContaining('the engine') });
    engine.moods.deliver = 'well';
    await clock.pass(2_000);
    expect(visitorsOf(engine.events()).toSorted()).toEqual(visitorsOf(eventsFrom(0, 1_500)).toSorted());
    expect(buffer.report()).toEqual({ waiting: 0, dropped: 0, refused: 0, last_error: null });
  });

  it('is asked again after every wait, and then left alone until there is news', async () => {
    const { engine, clock, buffer, add } = bufferOf();
    engine.moods.deliver = 'rejects';
    add(eventsFrom(0, 1));
    for (const ms of [250, 500, 2_000, 8_000, 3_600_000]) await clock.pass(ms);
    engine.moods.deliver = 'well';
    await clock.pass(3_600_000);
    expect(engine.batches).toEqual([]);
    expect(buffer.report().waiting).toBe(1);
    add(eventsFrom(1, 1));
    await clock.pass(250);
    expect(visitorsOf(engine.events()).toSorted()).toEqual(['v0', 'v1']);
  });

  it('does not keep answers waiting', async () => {
    const edge = testEdge({ snapshot: await sign(snapshotOf([snapshotRollout()])) });
    edge.engine.moods.deliver = 'hangs';
    for (let index = 0; index < 5; index++) {
      const visitor = edge.visitor();
      expect((await visitor.manifest()).status).toBe(200);
      await edge.flush();
      expect((await visitor.report(loaded())).status).toBe(202);
    }
  });

  it('loses nothing and gets nothing twice, whenever it is up', async () => {
    const happening = fc.oneof(
      fc.record({ what: fc.constant('add' as const), count: fc.integer({ min: 1, max: 1_200 }) }),
      fc.record({ what: fc.constant('pass' as const), ms: fc.constantFrom(250, 500, 2_000, 8_000, 70_000) }),
      fc.record({ what: fc.constant('engine' as const), mood: fc.constantFrom<Mood>('well', 'throws', 'rejects') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 14 }), async (story) => {
        const { engine, clock, buffer, add } = bufferOf();
        let added = 0;
        for (const part of story) {
          if (part.what === 'add') add(eventsFrom(added, part.count));
          if (part.what === 'add') added += part.count;
          if (part.what === 'pass') await clock.pass(part.ms);
          if (part.what === 'engine') engine.moods.deliver = part.mood;
        }
        engine.moods.deliver = 'well';
        await clock.pass(ALL_RETRIES);
        add(eventsFrom(added++, 1));
        for (let round = 0; round < 4; round++) await clock.pass(ALL_RETRIES);
        expect(visitorsOf(engine.events()).toSorted()).toEqual(visitorsOf(eventsFrom(0, added)).toSorted());
        expect(buffer.report()).toEqual({ waiting: 0, dropped: 0, refused: 0, last_error: null });
      }),
      { numRuns: 60 },
    );
  });
});

describe('an apartment that the engine refuses for good', () => {
  it('costs its own events, which are counted, and is not tried again', async () => {
    const { engine, clock, buffer, add } = bufferOf();
    engine.refused.add('shop');
    add(eventsFrom(0, MAX_BATCH_EVENTS + 10), 'shop');
    await clock.pass(250);
    expect(buffer.report()).toEqual({ waiting: 0, dropped: 0, refused: MAX_BATCH_EVENTS + 10, last_error: 'the engine refused shop' });
    engine.refused.clear();
    add(eventsFrom(5_000, 1), 'shop');
    await clock.pass(250);
    expect(visitorsOf(engine.events())).toEqual(['v5000']);
    expect(buffer.report().last_error).toBeNull();
  });

  it('holds up no other, before or after, and its fault stays in sight', async () => {
    const { engine, clock, buffer, add } = bufferOf();
    engine.refused.add('shop');
    for (const [index, apartment] of ['shop', 'barn', 'shop', 'mill'].entries()) add(eventsFrom(index, 1), apartment);
    await clock.pass(250);
    expect(engine.batches.map(({ apartment }) => apartment)).toEqual(['barn', 'mill']);
    expect(buffer.report()).toEqual({ waiting: 0, dropped: 0, refused: 2, last_error: 'the engine refused shop' });
  });
});

describe('an apartment that the engine cannot take now', () => {
  it.each<Mood>(['throws', 'rejects', 'hangs'])('(it %s) waits without holding up another', async (mood) => {
    const { engine, clock, buffer, add } = bufferOf();
    engine.moodsOf.set('shop', mood);
    add(eventsFrom(0, 3), 'shop');
    add(eventsFrom(3, 3), 'barn');
    await clock.pass(250);
    expect(visitorsOf(engine.events())).toEqual(['v3', 'v4', 'v5']);
    add(eventsFrom(6, 1), 'barn');
    await clock.pass(250);
    expect(visitorsOf(engine.events())).toEqual(['v3', 'v4', 'v5', 'v6']);
    expect(buffer.report().dropped).toBe(0);
  });

  it('is tried again when there is news of any', async () => {
    const { engine, clock, buffer, add } = bufferOf();
    engine.moodsOf.set('shop', 'rejects');
    add(eventsFrom(0, 1), 'shop');
    for (const ms of [250, 500, 2_000, 8_000, 3_600_000]) await clock.pass(ms);
    engine.moodsOf.clear();
    expect(buffer.report().waiting).toBe(1);
    add(eventsFrom(1, 1), 'barn');
    await clock.pass(250);
    expect(visitorsOf(engine.events())).toEqual(['v0', 'v1']);
  });
});

/** The request that carries a delivery is cut off: nothing that it waits for ever comes back. */
describe('a delivery that dies with its request', () => {
  const GIVEN_UP_MS = 15_000;

  it('is in no hurry to be made by another, in case it lives', async () => {
    const { engine, clock, buffer, add } = bufferOf();
    engine.moods.deliver = 'hangs';
    add(eventsFrom(0, 2));
    await clock.pass(250);
    engine.moods.deliver = 'well';
    await clock.pass(GIVEN_UP_MS - 1);
    add(eventsFrom(2, 1));
    await clock.pass(250);
    expect(engine.events()).toEqual([]);
    expect(buffer.report()).toEqual({ waiting: 3, dropped: 0, refused: 0, last_error: null });
  });

  it('is made by another after a while, with all that it had', async () => {
    const { engine, clock, buffer, add } = bufferOf();
    engine.moods.deliver = 'hangs';
    add(eventsFrom(0, MAX_BATCH_EVENTS + 5));
    await clock.pass(250);
    engine.moods.deliver = 'well';
    await clock.pass(GIVEN_UP_MS);
    add(eventsFrom(MAX_BATCH_EVENTS + 5, 1));
    await clock.pass(250);
    expect(engine.events()).toEqual(eventsFrom(0, MAX_BATCH_EVENTS + 6));
    expect(buffer.report().waiting).toBe(0);
  });

  it('is made by another also when it died before it began, or while it waited to try again', async () => {
    for (const diesAt of [1, 2]) {
      const { engine, clock, add, waits } = bufferOf();
      waits.dieAt = diesAt;
      engine.moods.deliver = 'rejects';
      add(eventsFrom(0, 1));
      await clock.pass(250);
      engine.moods.deliver = 'well';
      await clock.pass(GIVEN_UP_MS);
      expect(engine.events()).toEqual([]);
      add(eventsFrom(1, 1));
      await clock.pass(250);
      expect(visitorsOf(engine.events())).toEqual(['v0', 'v1']);
    }
  });

  it('that was alive after all disturbs nobody: what came meanwhile is delivered, nothing is counted twice as gone', async () => {
    const { engine, clock, buffer, add } = bufferOf();
    const late = engine.holdNext();
    add(eventsFrom(0, 3));
    await clock.pass(250);
    await clock.pass(GIVEN_UP_MS);
    engine.moods.deliver = 'rejects';
    add(eventsFrom(3, 2));
    await clock.pass(250);
    late.release();
    await clock.pass(0);
    expect(buffer.report().waiting).toBe(5);
    engine.moods.deliver = 'well';
    await clock.pass(500);
    expect(visitorsOf(engine.events())).toEqual(['v0', 'v1', 'v2', 'v0', 'v1', 'v2', 'v3', 'v4']);
    expect(buffer.report()).toEqual({ waiting: 0, dropped: 0, refused: 0, last_error: null });
  });

  it('is made by the next request for a manifest, though that brings no event', async () => {
    const edge = testEdge({ snapshot: await sign(snapshotOf([snapshotRollout()])) });
    const visitor = edge.visitor();
    edge.engine.moods.deliver = 'hangs';
    await visitor.manifest();
    await edge.flush();
    edge.engine.moods.deliver = 'well';
    await edge.clock.pass(GIVEN_UP_MS);
    await visitor.manifest();
    await edge.flush();
    expect(edge.engine.exposures()).toHaveLength(1);
  });
});
